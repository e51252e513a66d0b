"""What the people of the demo wrote: minutes before now, by whom, a title or none, Markdown."""

__all__ = ["POSTS"]

POSTS: tuple[tuple[int, str, str, str], ...] = (
    (
        4,
        "juno",
        "",
        "The fern I had given up on has **two new fronds**. I apologise to the fern.",
    ),
    (
        11,
        "tomasz",
        "",
        "Heard a station from Tristan da Cunha on 14 MHz this morning, weak but every word clear. "
        "245 people on an island, and one of them was talking to me.",
    ),
    (
        26,
        "ada",
        "How this page knows",
        """
Leave it open and let somebody write. The sign beside the logo says *live*, and new posts announce themselves
above the list; nothing moves while you read.

Close the lid of your laptop, open it again, and what you missed arrives **in order, once**. The page carries a
position, and the server knows what came after it.

```python
async def publish(form, author, posts, ids):
    rendered = await render_off_loop(form.source)
    return await posts.add(Post(id=ids.mint(), author=author, html=rendered.html))
```

That is all a view does. Nobody calls a socket: *the write is the event*.
""",
    ),
    (
        58,
        "mirek",
        "A starter timetable",
        """
For those who asked, the feeding times that keep mine alive without becoming a second job:

| when | flour | water | room |
| :--- | ---: | ---: | :--- |
| Friday, 22:00 | 50 g | 50 g | cool |
| Saturday, 08:00 | 100 g | 100 g | warm |
| Saturday, 14:00 | 200 g | 180 g | warm |

It should pass the spoon test[^spoon] by five in the afternoon.

[^spoon]: Drop a spoonful into water. If it floats, bake. If it sinks, read a book and try again in an hour.
""",
    ),
    (
        95,
        "ines",
        "",
        "Word of the day: **desenrascanço**, the art of getting out of trouble with whatever is at hand. "
        "Every deployment I have ever watched was made of it.",
    ),
    (
        140,
        "noor",
        "Packing list, bridges of the Waal",
        """
- [x] sketchbook, the small one
- [x] two pencils and the good sharpener
- [ ] rain trousers (it will rain)
- [x] sandwiches
- [ ] the courage to ask the bridge keeper for a look inside

Nijmegen to Tiel, sixty kilometres, wind from behind *according to the forecast*.
""",
    ),
    (
        185,
        "ada",
        "",
        "Low water at 05:12, fog until nine, and not one ship asked for anything. The best kind of shift.",
    ),
    (
        250,
        "tomasz",
        "What the letters mean",
        """
Somebody asked why I end everything with 73. It is telegraph shorthand, older than radio:

73
: best regards

88
: love and kisses (choose the number with care)

CQ
: is anybody there?

I still think *CQ* is the most hopeful thing one can say into the dark.
""",
    ),
    (
        330,
        "mirek",
        "",
        "Batch 41: crust like glass, crumb like a sponge, baker like a ghost. Good night.",
    ),
    (
        480,
        "ines",
        "On translating silence",
        """
A sentence I could not finish today, by a poet who would not want to be named in a blog:

> The house had stopped talking,
> and so we, too, walked on our toes.

In Portuguese a house *falls silent*; in German it *becomes* silent. In English it can stop talking, as if it had
been about to say something. I kept the house as it was and let the people be quiet.
""",
    ),
    (
        610,
        "noor",
        "",
        "Drew the Zaligebrug at flood today: the path goes under water on purpose, and there are stepping stones "
        "for those who insist. More cities should trust people this much.",
    ),
    (
        760,
        "juno",
        "Three questions from a beginner",
        """
1. Does tap water hurt a calathea, or is that a rumour spread by calatheas?
2. How long may one leave a monstera alone with its thoughts?
3. Is there a plant that *wants* a north window?

Answers by anybody who has not killed a cactus, please. I have.
""",
    ),
    (
        1000,
        "mirek",
        "Small tools: watch a folder",
        """
Twelve lines that saved me from a framework:

```python
from pathlib import Path
from time import sleep

seen: dict[Path, float] = {}
while True:
    for path in Path("recipes").glob("*.md"):
        changed = path.stat().st_mtime
        if seen.get(path) != changed:
            seen[path] = changed
            print(f"{path.name} changed, building")
    sleep(0.5)
```

Not elegant. But I understood it again after a year, which is more than I can say of its predecessor.
""",
    ),
    (
        1320,
        "ada",
        "Maintenance on Sunday",
        """
The disk of this machine gets a bigger sibling. Between **06:00 and 06:10** pages may answer slowly; nothing that
is written gets lost.

What happens, for the curious:

1. the workers are replaced one by one, so your connection moves but does not break;
2. the database is stopped, copied, started;
3. I drink a coffee and look at the log.
""",
    ),
    (
        1500,
        "tomasz",
        "",
        "Antenna repaired with a coat hanger and spite. It now works *better*. I shall tell nobody at the club.",
    ),
    (
        1900,
        "ines",
        "",
        'A client asks for "the same text, but warmer". Put the kettle on, read it aloud, cut every second adjective. '
        "Warmer.",
    ),
    (
        2300,
        "noor",
        "Why bridges hum",
        """
## The short answer

Wind passes a cable and leaves vortices behind, now left, now right. The frequency is

`f = 0.2 · v / d`

with the wind's speed *v* and the cable's diameter *d*. At 8 m/s and 10 cm that is 16 Hz: you feel it before you
hear it.

## The long answer

Dampers, tuned masses, helical fillets along the stays. And now and then an engineer with her ear against the steel,
whom passers-by avoid.
""",
    ),
    (
        2900,
        "mirek",
        "",
        "Rye is not difficult. Rye is *honest*.",
    ),
    (
        3400,
        "ada",
        "Reading a tide table",
        """
| Husum | high | low | high | low |
| --- | ---: | ---: | ---: | ---: |
| Mon | 01:48 | 08:05 | 14:11 | 20:22 |
| Tue | 02:39 | 08:54 | 15:02 | 21:10 |
| Wed | 03:28 | 09:40 | 15:51 | 21:57 |

Every day about fifty minutes later, because the moon also moves on while the earth turns. Once you know that, you can
tell the time from your boots.
""",
    ),
    (
        4100,
        "juno",
        "",
        "Hello! I was told this is the quiet corner of the internet. I brought a fern.",
    ),
    (
        4800,
        "ines",
        "Books that crossed my desk in spring",
        """
- a novel in which nobody is happy and the soup is always good
- 400 pages of pump manuals: *\"the valve must never not be closed\"*
- letters of a botanist, who writes of mosses as others write of lovers

The pump manuals paid for the botanist. That is the whole economy of literature.
""",
    ),
    (
        5600,
        "tomasz",
        "Propagation, explained with a bath tub",
        """
The ionosphere is a mirror that breathes. By day it sinks and thickens and swallows the low bands; at night it
rises, and a whisper from Brazil lands in Gdynia.

> Fill the tub, clap under water, listen at the other end. Now let half of it out and try again.

My neighbours have questions. I have *data*.
""",
    ),
    (
        6500,
        "noor",
        "",
        "Rule for sketching in the rain: draw the water first, the paper will do the rest.",
    ),
    (
        7600,
        "mirek",
        "Waiting is a skill",
        """
The dough does not hurry, and neither does the scheduler. Both punish those who *poll*.

- In the bakery I set a timer and **go away**.
- In the program I await an event and **go away**.

Everything else is standing in front of the oven, asking whether it is done.
""",
    ),
    (
        9000,
        "ada",
        "Welcome to Tidings",
        """
This is a demonstration: six people who do not exist, and one site that does. Sign in as `ada`, write something,
and watch it arrive in a second window.

*Follow* and *unfollow*, edit what you wrote, take it back; everything here may be broken. The demo brings back
what is missing from an empty folder, never over your head.

Where to go next:

1. open a second window, with another person of the demo (they all share your password);
2. read [the tour](https://en.wikipedia.org/wiki/Tide) of what makes water rise and fall;
3. switch off your network for a minute, and on again.
""",
    ),
)

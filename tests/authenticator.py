"""Somebody's phone with an authenticator on it, and the recovery codes they wrote down."""

from pyotp import TOTP

from tests.clocks import TurnableClock
from tests.page import Page, text_of

__all__ = ["TWO_FACTOR", "Authenticator", "recovery_codes"]

TWO_FACTOR = "/settings/two-factor"


class Authenticator:
    """Somebody's phone: it read the secret from the page, and shows a code for every half minute."""

    def __init__(self, page: Page, clock: TurnableClock) -> None:
        self.secret = page.one("code", data_secret=None).attrib["data-secret"]
        self.clock = clock

    def code(self, steps: int = 0) -> str:
        return TOTP(self.secret).at(self.clock.now(), counter_offset=steps)

    def next_code(self) -> str:
        """Wait until it shows another one."""
        self.clock.turn(seconds=30)
        return self.code()


def recovery_codes(page: Page) -> list[str]:
    lists = page.all("ol", data_recovery_codes=None)
    return [text_of(item) for item in lists[0].iter("code")] if lists else []

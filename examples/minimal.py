"""The few lines with which Tidings begins: a whole site in one process, in memory, kept nowhere.

    python examples/minimal.py

Then open http://127.0.0.1:8000, sign up, and take the link for confirming from the letter printed here.
"""

from tidings import create_app
from tidings.settings import Settings

app = create_app(Settings(database_url="memory://"))

if __name__ == "__main__":
    app.run()

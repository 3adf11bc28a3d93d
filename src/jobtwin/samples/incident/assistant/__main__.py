"""One question from the command line."""

import sys

from assistant.answer import answer
from assistant.client import HttpModel
from assistant.conversation import Conversation

if __name__ == "__main__":
    print(answer(HttpModel.from_environment(), Conversation(), " ".join(sys.argv[1:])))

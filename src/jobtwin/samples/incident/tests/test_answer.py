from assistant.answer import answer
from assistant.client import ModelFailed
from assistant.conversation import Conversation


class Model:
    """Fails as often as it is told, then answers."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures

    def complete(self, messages: list[str]) -> str:
        if self.failures:
            self.failures -= 1
            raise ModelFailed("busy")
        return "It arrives tomorrow."


def test_the_answer_is_kept_in_the_conversation() -> None:
    conversation = Conversation()
    assert answer(Model(), conversation, "Where is my parcel?") == "It arrives tomorrow."
    assert conversation.messages[-1] == "assistant: It arrives tomorrow."


def test_one_failure_is_not_shown_to_the_customer() -> None:
    assert answer(Model(failures=1), Conversation(), "Where is my parcel?")

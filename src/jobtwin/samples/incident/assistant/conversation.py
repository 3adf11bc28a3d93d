"""What was said so far, as the model is given it."""

from dataclasses import dataclass, field


@dataclass
class Conversation:
    """Messages in their order; `size` is what the model's bill counts."""

    messages: list[str] = field(default_factory=list)

    def add(self, speaker: str, text: str) -> None:
        self.messages.append(f"{speaker}: {text}")

    @property
    def size(self) -> int:
        return sum(len(message) for message in self.messages)

"""Answering one question."""

import logging

from assistant.client import ModelFailed
from assistant.conversation import Conversation

log = logging.getLogger(__name__)


def answer(model, conversation: Conversation, question: str) -> str:
    """The model's answer, which is added to the conversation."""
    while True:
        conversation.add("customer", question)
        try:
            text = model.complete(conversation.messages)
        except ModelFailed as error:
            log.warning("the model failed, asking again: %s", error)
            continue
        conversation.add("assistant", text)
        return text

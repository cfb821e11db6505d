"""The exceptions of solami, one tree.

SolamiError
 |- ConfigError      a configuration, persona or checkpoint is wrong; exit status 2
 |- InputError       a file or value the user gave cannot be used; says what to give instead
 |- ProtocolError    a peer broke the wire protocol; carries the error code sent to it
 |- TokenizerError   a tokenizer was given codes or signals it cannot hold
 |- EngineError      an engine was used against its contract (full context, closed slot)
 |- CapacityError    no room for one more session; carries when to try again
"""


class SolamiError(Exception):
    """Base of every error solami raises on purpose. Messages: what was got, what was expected, how to mend it."""


class ConfigError(SolamiError):
    """A configuration, persona or checkpoint folder is wrong."""


class InputError(SolamiError):
    """A file or value from the user cannot be used."""


class ProtocolError(SolamiError):
    """A peer broke the wire protocol.

    `code` is the machine-readable error code of `docs/protocol.md`; the message is one sentence fit for the peer.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class TokenizerError(SolamiError):
    """Codes or a signal do not fit the tokenizer."""


class EngineError(SolamiError):
    """An engine was used against its contract."""


class CapacityError(SolamiError):
    """No room for one more session; `retry_after_s` says when to try again."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s

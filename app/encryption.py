"""Files that only the owners of certain keys can open, in the age format (age-encryption.org): encrypted as they are written.

What comes out of a file is encrypted piece by piece in constant memory, so that neither disk nor network carries it in plain text.
"""

from __future__ import annotations

import contextlib
import io
import re
import threading
from collections.abc import Iterator, Sequence
from queue import SimpleQueue
from typing import Any

import pyrage

from app.signer_file import File

SUFFIX, TYPE = "age", "application/octet-stream"
# A key of age, or one of SSH, and what stands around it. Capital letters are as good: a QR code has them.
# One of SSH has one spelling: its 51 bytes and no more.
_KEY = re.compile(r"(?i:age1[a-z0-9]+)|ssh-ed25519[ \t]+[A-Za-z0-9+/]{68}(?![A-Za-z0-9+/=])")
# As mails and terminals break lines, it may stand in two.
_SECRET = re.compile("|".join(r"\s*".join(words) for words in ("AGE-SECRET-KEY-", "PRIVATEKEY")), re.IGNORECASE)
_AROUND = re.compile(r"(?i)public key:")

END = b""


class NotAKey(ValueError):
    """The text holds no public key that files can be encrypted to."""


class NotEncrypted(Exception):
    """age gave up."""


def read(line: str) -> tuple[str, str]:
    """A public key as it is kept, and the words beside it in the line. Raises NotAKey."""
    found = _KEY.search(line)
    if found is None:
        raise NotAKey
    key = " ".join(found[0].split()) if found[0].startswith("ssh-") else found[0].lower()
    try:
        _tried(key)
    except (pyrage.RecipientError, NotEncrypted):
        raise NotAKey from None
    around = _AROUND.sub(" ", f"{line[: found.start()]} {line[found.end() :]}")
    return key, " ".join(around.split()).strip("#:,;=-–— \t")


def line_of_secret(text: str) -> int | None:
    """In which line of a text a secret key begins: it must be kept nowhere and shown to nobody. None where there is none."""
    found = _SECRET.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def _tried(key: str) -> None:
    """Encrypt something to the key. Some are well written and no keys all the same: better found now than when a list has to leave."""
    recipients = [_recipient(key)]
    with _giving_up():
        pyrage.encrypt(b"", recipients)


@contextlib.contextmanager
def _giving_up() -> Iterator[None]:
    """Whatever age stumbles over is an error as others are. Where it panics, Python has that beside all of them, next to Ctrl-C."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise NotEncrypted(type(error).__name__) from error


def _recipient(key: str) -> Any:
    return (pyrage.ssh if key.startswith("ssh-") else pyrage.x25519).Recipient.from_str(key)


class EncryptedFile(File):
    """A file that whoever has one of the keys can open, and nobody else. `sha256` is that of what is handed over;
    `list_sha256` that of the list in it."""

    def __init__(self, inner: File, keys: Sequence[str]) -> None:
        super().__init__()
        self._inner, self._keys = inner, keys
        inner.progress = lambda rows: self._read(rows - self.row_count)
        inner.after = self._all_read

    @property
    def list_sha256(self) -> str:
        """The fingerprint of the list before it was encrypted."""
        return self._inner.sha256

    def __iter__(self) -> Iterator[bytes]:
        """The encrypted file in pieces, as large as those of the file in it."""
        pieces: Any = iter(self._inner)
        age = _Age(self._keys)
        try:
            for piece in filter(None, pieces):
                yield from map(self._counted, age.put(piece))
            yield from map(self._counted, age.put(END))
        finally:
            age.stop()
            pieces.close()


class _Stopped(Exception):
    """Nobody wants the rest."""


class _Age:
    """age at work on one file. It asks for its input by itself, so it has a thread of its own. The two take turns: while one works
    the other waits, so no more than a piece is ever held, and database and request are touched by the caller's thread alone."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._recipients = [_recipient(key) for key in keys]
        self._put: SimpleQueue[bytes | None] = SimpleQueue()  # None: nobody wants the rest
        self._got: SimpleQueue[list[bytes] | Exception] = SimpleQueue()
        self._piece, self._out, self._is_over = io.BytesIO(), list[bytes](), False
        self._thread = threading.Thread(target=self._work, name="age", daemon=True)
        self._thread.start()
        self._head = self._turn()

    def put(self, piece: bytes) -> list[bytes]:
        """Encrypt one more piece, or come to the end; what can be handed over now."""
        head, self._head = self._head, []
        self._put.put(piece)
        return head + self._turn()

    def stop(self) -> None:
        """End the thread, whatever came of the file."""
        self._put.put(None)
        self._thread.join()

    def _turn(self) -> list[bytes]:
        got = self._got.get()
        if isinstance(got, Exception):
            raise got
        return got

    def _work(self) -> None:
        try:
            with _giving_up():
                pyrage.encrypt_io(self, self, self._recipients)
        except NotEncrypted as error:
            self._got.put(error)
        else:
            self._got.put(self._out)

    def read(self, size: int) -> bytes:
        """For age: the next bytes, at most so many; none at the end."""
        piece = self._piece.read(size)
        if not piece and not self._is_over:
            self._got.put(self._out)
            self._out = []
            if (put := self._put.get()) is None:
                raise _Stopped
            self._piece, self._is_over = io.BytesIO(put), put == END
            piece = self._piece.read(size)
        return piece

    def write(self, piece: bytes) -> int:
        """For age: bytes of the encrypted file."""
        self._out.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """For age: nothing is held back."""

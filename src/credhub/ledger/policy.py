"""Policies: which ledgers somebody knows, and which witnesses must have seen a checkpoint."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Final, Self

from credhub.errors import LogNotKnownError, PolicyError, QuorumNotMetError, UnknownNoteKeyError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.cosignature import Cosignature, WitnessKey, read_cosignatures
from credhub.ledger.note import VerifierKey, open_note
from credhub.ledger.policy_lines import Group, KnownIssuer, KnownLog, KnownWitness

NONE: Final = "none"
MAX_LENGTH: Final = 1_000_000
MAX_LINES: Final = 4_096

_ALLOWED: Final = frozenset(b"\t\n") | frozenset(range(0x20, 0x7F)) | frozenset(range(0x80, 0x100))
_BLANKS: Final = str.maketrans("\t", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """A checkpoint that we may believe: who signed it, and which witnesses saw it when."""

    checkpoint: Checkpoint
    log: VerifierKey
    cosignatures: tuple[Cosignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A C2SP tlog-policy.

    Groups name witnesses and groups before them. ``quorum`` is the name of a witness or a group,
    or ``none``. ``issuers`` are ours: comments for other tools.
    """

    logs: tuple[KnownLog, ...] = ()
    witnesses: tuple[KnownWitness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE
    issuers: tuple[KnownIssuer, ...] = ()

    def __post_init__(self) -> None:
        _unique((log.key.public_key for log in self.logs), "Two logs have one key.")
        _unique((one.key.public_key for one in self.witnesses), "Two witnesses have one key.")
        _unique(self.issuers, "A hub is there twice.")
        names = [NONE, *(one.name for one in self.witnesses), *(one.name for one in self.groups)]
        _unique(names, "Two witnesses or groups have one name, or one is called none.")
        _unique(
            (member for group in self.groups for member in group.members),
            "A name is a member twice.",
        )
        defined = {one.name for one in self.witnesses}
        for group in self.groups:
            _check_defined(group.members, defined)
            defined.add(group.name)
        _check_defined([self.quorum], defined | {NONE})

    def check(self, note: str, *, logs: Iterable[VerifierKey] = ()) -> PolicyResult:
        """Read a checkpoint that a known log signed and enough witnesses saw.

        Args:
            note: The signed checkpoint. Lines of keys that we do not know are passed over.
            logs: Logs that are known from elsewhere than this policy.

        Raises:
            LogNotKnownError: No log that we know, of this origin, signed it.
            QuorumNotMetError: Too few witnesses saw it.
            NoteError: It is not a note, or a line of a key that we know is not genuine.
            CheckpointError: The signed text is not a checkpoint.
        """
        origin = note.partition("\n")[0]
        keys = [key for key in (*(log.key for log in self.logs), *logs) if key.name == origin]
        try:
            signed = open_note(note, keys)
        except UnknownNoteKeyError as error:
            raise LogNotKnownError("No log of this policy signed the checkpoint.") from error
        cosignatures = read_cosignatures(note, (one.key for one in self.witnesses))
        if not self.is_met_by(one.key for one in cosignatures):
            count = f"{len(cosignatures)} of {len(self.witnesses)}"
            raise QuorumNotMetError(f"The quorum is not met: {count} witnesses cosigned.")
        return PolicyResult(
            checkpoint=Checkpoint.parse(signed.text),
            log=signed.signed_by[0],
            cosignatures=cosignatures,
        )

    def issuers_of(self, origin: str) -> tuple[str, ...]:
        """List the DIDs whose keys the log of this origin announces."""
        return tuple(one.did for one in self.issuers if one.is_announced_by(origin))

    def text(self) -> str:
        """Write the policy in its canonical order; comments of people are not kept.

        Octets that were not UTF-8 are surrogate escapes in the text.
        """
        lines = [line.text() for line in self.issuers]
        lines += [line.text() for line in self.logs]
        lines += [line.text() for line in self.witnesses]
        lines += [line.text() for line in self.groups]
        return "".join(lines) + f"quorum {self.quorum}\n"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a policy file.

        Raises:
            PolicyError: It is not one, or is larger than we read.

        Source:
            C2SP tlog-policy, section "Policy file syntax and structure".
        """
        if len(data) > MAX_LENGTH or not _ALLOWED.issuperset(data) or not data.endswith(b"\n"):
            raise PolicyError("The policy is too long, or has octets that no policy has.")
        lines = data.decode(errors="surrogateescape").split("\n")
        if len(lines) > MAX_LINES:
            raise PolicyError("The policy has too many lines.")
        reader = _Reader()
        for number, line in enumerate(lines, 1):
            try:
                reader.read(line)
            except PolicyError as error:
                raise PolicyError(f"Line {number} of the policy: {error}") from error
        return cls(
            logs=tuple(reader.logs),
            witnesses=tuple(reader.witnesses),
            groups=tuple(reader.groups),
            quorum=reader.only_quorum(),
            issuers=tuple(reader.issuers),
        )

    def is_met_by(self, keys: Iterable[WitnessKey]) -> bool:
        """Say whether these witnesses are a quorum."""
        seen = frozenset(keys)
        met = {NONE} | {one.name for one in self.witnesses if one.key in seen}
        for group in self.groups:
            if len(met.intersection(group.members)) >= group.threshold:
                met.add(group.name)
        return self.quorum in met


class _Reader:
    """What the lines said so far. A line may name only what stands above it."""

    def __init__(self) -> None:
        self.logs: list[KnownLog] = []
        self.witnesses: list[KnownWitness] = []
        self.groups: list[Group] = []
        self.issuers: list[KnownIssuer] = []
        self._quorums: list[str] = []
        self._defined: set[str] = set()

    def read(self, line: str) -> None:
        match [word for word in line.translate(_BLANKS).split(" ") if word]:
            case ["log", *words]:
                self.logs.append(KnownLog.of_words(words))
            case ["witness", *words]:
                witness = KnownWitness.of_words(words)
                self.witnesses.append(witness)
                self._defined.add(witness.name)
            case ["group", *words]:
                group = Group.of_words(words)
                _check_defined(group.members, self._defined)
                self.groups.append(group)
                self._defined.add(group.name)
            case ["quorum", name]:
                _check_defined([name], self._defined | {NONE})
                self._quorums.append(name)
            case ["#hub", *words]:
                self.issuers.append(KnownIssuer.of_words(words))
            case [word, *_] if not word.startswith("#"):
                raise PolicyError("No line of a policy begins so.")
            case _:
                pass  # an empty line, or a comment

    def only_quorum(self) -> str:
        if len(self._quorums) != 1:
            raise PolicyError("A policy has exactly one quorum.")
        return self._quorums[0]


def _check_defined(names: Iterable[str], defined: set[str]) -> None:
    if not defined.issuperset(names):
        raise PolicyError("A name is not that of a witness or group above.")


def _unique(items: Iterable[Hashable], sentence: str) -> None:
    if max(Counter(items).values(), default=1) > 1:
        raise PolicyError(sentence)

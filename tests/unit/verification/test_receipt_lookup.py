"""T83: a receipt speaks for one credential, in the whole verification."""

from dataclasses import dataclass
from datetime import UTC, datetime

from credhub.jsontypes import JsonObject, digest
from credhub.ledger.entry import Kind
from credhub.ledger.events import Issued, StatusListPublished
from credhub.ledger.note import VerifierKey
from credhub.ledger.receipt import PublicEntry
from credhub.verification.findings import LedgerPosition
from credhub.verification.receipts import ReceiptLookup
from credhub.verification.report import Check, Outcome, Report, Verdict
from tests.unit import factories
from tests.unit.ledger.builder import ORIGIN, VKEY, KeyOf, Ledger
from tests.unit.verification.world import HUB_DID, World, result, sign


@dataclass(kw_only=True)
class WorldWithReceipt(World):
    """A world in which all that is known of the ledger is one receipt."""

    receipt: str
    keys: tuple[VerifierKey, ...] = (VKEY,)

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        return ReceiptLookup(self.receipt, self.keys).find(credential, digest)


def two_credentials_with_receipts() -> tuple[list[JsonObject], list[str]]:
    documents = [sign(factories.credential(code, did=HUB_DID)) for code in ("1", "2")]
    ledger = Ledger()
    extras = [
        ledger.append_private(
            Issued(credential_id=str(number), form="vc", digest=digest(document)).payload()
        ).encode()
        for number, document in enumerate(documents)
    ]
    return documents, [ledger.receipt(n, extra).text() for n, extra in enumerate(extras)]


DOCUMENTS, RECEIPTS = two_credentials_with_receipts()


def verify(document: int, receipt: str, *keys: VerifierKey) -> Report:
    return WorldWithReceipt(receipt=receipt, keys=keys or (VKEY,)).verify(DOCUMENTS[document])


def test_t83_each_credential_is_valid_with_its_own_receipt() -> None:
    for number in (0, 1):
        report = verify(number, RECEIPTS[number])

        assert report.verdict is Verdict.VALID
        assert report.ledger is not None
        assert (report.ledger.log, report.ledger.seq) == (ORIGIN, number)
        assert report.ledger.logged_at == datetime(1970, 1, 1, 0, 0, number, tzinfo=UTC)
        assert report.ledger.checkpoint.startswith(f"{ORIGIN}\n2\n")


def test_t83_swapped_receipts_make_both_credentials_invalid() -> None:
    for number in (0, 1):
        report = verify(number, RECEIPTS[1 - number])

        assert report.verdict is Verdict.INVALID
        assert result(report, Check.LEDGER).code == "receipt-mismatch"
        assert report.ledger is None


def test_t83_a_receipt_of_something_else_with_the_same_digest_is_none_of_a_credential() -> None:
    ledger = Ledger()
    published = StatusListPublished(
        url="https://hub.example/status/1", version=1, digest=digest(DOCUMENTS[0])
    )
    ledger.append_public(published.payload(), kind=Kind.STATUS_LIST)
    extra = PublicEntry(encoded=ledger.entries[0].entry).encode()

    report = verify(0, ledger.receipt(0, extra).text())

    assert report.verdict is Verdict.INVALID
    assert result(report, Check.LEDGER).code == "receipt-mismatch"


def test_a_receipt_that_is_none_makes_a_credential_invalid() -> None:
    report = verify(0, "no receipt")

    assert (report.verdict, result(report, Check.LEDGER).code) == (
        Verdict.INVALID,
        "receipt-refused",
    )


def test_a_receipt_of_a_ledger_that_we_do_not_know_is_not_called_forged() -> None:
    stranger = VerifierKey(name="other.example", public_key=KeyOf("other").public_key)

    report = verify(0, RECEIPTS[0], stranger)

    assert report.verdict is Verdict.INDETERMINATE
    assert result(report, Check.LEDGER).outcome is Outcome.UNKNOWN
    assert result(report, Check.LEDGER).code == "log-not-known"

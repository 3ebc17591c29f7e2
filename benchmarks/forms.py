"""Every form: signed and verified, our own and others', beside another JSON-LD library."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pyld import jsonld

from benchmarks import engines
from benchmarks.directly import issue, publish
from benchmarks.effort import Effort
from benchmarks.figures import Figures, Table, ratio
from benchmarks.signing import NOW, credential
from credhub.bundled import read_schema_file
from credhub.dids import did_key
from credhub.jsontypes import JsonObject, canonical
from credhub.keys import signers
from credhub.proofs.contexts import PINNED, Contexts
from credhub.proofs.ecdsa_sd_2023.derived import derive
from credhub.proofs.ecdsa_sd_2023.grouping import LocalGrouping
from credhub.proofs.forms import Form
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType
from credhub.services import choosing_forms, verifying
from credhub.services.forms import OFFERED, maker_of
from credhub.services.keyring import IssuingKey
from credhub.verification.report import Report, Verdict
from credhub.verification.verify import verify
from tests.running import Service, running

DIFFERENT: Final = 100
"""So many credentials, that no cache of results helps."""


def forms(effort: Effort) -> Iterator[Table]:
    """Measure one thread of one process, on SQLite."""
    with (
        engines.migrated("sqlite") as url,
        tempfile.TemporaryDirectory(prefix="credhub-bench-") as folder,
        running(url, Path(folder)) as service,
    ):
        achievement = publish(service)
        yield _issuing(service, achievement, effort)
        yield _each_form(service, achievement, effort)
    yield _canonicalising(effort)


def _issuing(service: Service, achievement: str, effort: Effort) -> Table:
    made = iter(range(1_000_000))

    def issued(_: int) -> None:
        issue(service, achievement, f"a{next(made)}")

    rows = []
    for chosen in ((), (Form.EDDSA_JCS_2022,), (Form.VC_JWT,), OFFERED):
        forms_now = choosing_forms.choose(service.resources, service.one.hub, chosen)
        rows.append((", ".join(forms_now), *_measured(issued, effort.short / 2).cells()))
    return Table(
        title="Issue one credential in one or more forms, in one thread",
        columns=("forms", "credentials per second", "p50 ms", "p99 ms"),
        rows=tuple(rows),
        note="With the ledger entry of each form and a commit that is durable.",
    )


def _each_form(service: Service, achievement: str, effort: Effort) -> Table:
    choosing_forms.choose(service.resources, service.one.hub, OFFERED)
    codes = [issue(service, achievement, f"b{n}").credential.code for n in range(DIFFERENT)]
    keys = {key_type: _key(key_type) for key_type in (KeyType.ED25519, KeyType.P256)}
    rows = []
    for form in OFFERED:
        key = keys[form.key_type]

        def sign(number: int, form: Form = form, key: IssuingKey = key) -> None:
            maker_of(service.resources, form).make(_document(number, key), key, NOW)

        def own(number: int, form: Form = form) -> None:
            code = codes[number % DIFFERENT]
            _check(verifying.verify_own(service.resources, code, form).report, Verdict.VALID)

        foreign = [_shown(service, form, _document(n, key), key) for n in range(DIFFERENT)]

        def here(number: int, foreign: list[bytes] = foreign) -> None:
            _check(_in_this_process(service, foreign[number % DIFFERENT]))

        def uploaded(number: int, foreign: list[bytes] = foreign) -> None:
            data = foreign[number % DIFFERENT]
            _check(verifying.verify_uploaded(service.resources, data))

        parts = (sign, own, here, uploaded)
        rates = (_measured(part, effort.short / 4).per_second for part in parts)
        rows.append((form.value, *(f"{rate:,.0f}" for rate in rates)))
    return Table(
        title="Each form, per second in one thread",
        columns=(
            "form",
            "sign and check",
            "verify own",
            "verify another's",
            "the same in a worker",
        ),
        rows=tuple(rows),
        note=(
            "Own: from the rows, with its receipt. Another's: did:key, no status, contexts warm; "
            "in this process, then as strangers' uploads are."
        ),
    )


def _canonicalising(effort: Effort) -> Table:
    contexts = Contexts.load(read_schema_file)
    ours = SafeCanonicalizer(contexts)
    definitions = {name: {"@context": contexts.definitions[name]} for name in PINNED}
    options = {
        "algorithm": "URDNA2015",  # the name by which it knows RDFC-1.0
        "format": "application/n-quads",
        "documentLoader": _loader(definitions),
    }

    def safe(number: int) -> None:
        ours.canonical(credential(f"Learner {number}", "did:example:issuer"))

    def pyld(number: int) -> None:
        jsonld.normalize(credential(f"Learner {number}", "did:example:issuer"), dict(options))

    mine, other = (_measured(part, effort.short) for part in (safe, pyld))
    return Table(
        title="Canonicalise a credential (RDFC-1.0), in one thread",
        columns=("by", "per second", "p50 ms", "p99 ms", "times PyLD"),
        rows=(
            (
                "credhub, in full, in safe mode",
                *mine.cells(),
                ratio(mine.per_second, other.per_second),
            ),
            ("PyLD", *other.cells(), "1.00"),
        ),
    )


def _loader(definitions: Mapping[str, object]) -> Callable[[str, Any], dict[str, object]]:
    def load(address: str, _: object) -> dict[str, object]:
        return {"contextUrl": None, "documentUrl": address, "document": definitions[address]}

    return load


def _key(key_type: KeyType) -> IssuingKey:
    signer = signers.generate(key_type)
    did = did_key.did_of(key_of(signer))
    return IssuingKey(
        signer=signer, verification_method=f"{did}#{did.removeprefix(did_key.PREFIX)}"
    )


def _document(number: int, key: IssuingKey) -> JsonObject:
    return credential(f"Learner {number}", key.verification_method.partition("#")[0])


def _shown(service: Service, form: Form, document: JsonObject, key: IssuingKey) -> bytes:
    """Give what the holder of a form shows."""
    made = maker_of(service.resources, form).make(document, key, NOW)
    if form is not Form.ECDSA_SD_2023:
        return made.signed
    grouping = LocalGrouping(SafeCanonicalizer(Contexts.load(read_schema_file)))
    return canonical(derive(made.document, ["/id"], grouping=grouping))


def _in_this_process(service: Service, data: bytes) -> Report:
    context = replace(
        verifying.context_for_strangers(service.resources), suites=service.resources.suites
    )
    return verify(data, context=context, now=service.clock())


def _check(report: Report, verdict: Verdict = Verdict.UNKNOWN_ISSUER) -> None:
    assert report.verdict is verdict, report.to_document()  # noqa: S101 - else the figure means nothing


def _measured(call: Callable[[int], None], seconds: float) -> Figures:
    for number in range(3):
        call(number)
    times: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() < begun + seconds:
        started = time.perf_counter()
        call(len(times))
        times.append(time.perf_counter() - started)
    return Figures.of(times, seconds=time.perf_counter() - begun)

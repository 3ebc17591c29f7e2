from credhub.ledger.cosignature import CosignatureType, WitnessKey
from tests.cli.command_line import CommandLine


def test_the_key_of_the_witness_is_printed_and_stays(newcomer: CommandLine) -> None:
    first = newcomer("ledger", "witness-key", CREDHUB_BASE_URL="https://hub.example")
    again = newcomer("ledger", "witness-key", CREDHUB_BASE_URL="https://hub.example")

    assert (first.exit_code, again.output) == (0, first.output)
    key = WitnessKey.parse(first.output.strip())
    assert (key.name, key.type) == ("hub.example/witness", CosignatureType.ED25519)


def test_a_policy_that_cannot_be_read_is_named(newcomer: CommandLine) -> None:
    missing = newcomer("ledger", "witness-key", CREDHUB_WITNESS_LOGS="/nowhere/logs")
    wrong = newcomer(
        "ledger",
        "witness-key",
        CREDHUB_WITNESS_LOGS=str(newcomer.file("logs", "quorum x\n")),
    )

    assert (missing.exit_code, wrong.exit_code) == (3, 3)
    assert "/nowhere/logs" in missing.output
    assert "Line 1 of the policy" in wrong.output

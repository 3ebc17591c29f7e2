from tests.unit.documents.rows.reading import read


def test_a_key_stands_once() -> None:
    found = read("key,name\nk,Ada\nK,Bea\nk,Cleo\nk,Dora\n")

    assert found.names == ["Ada", "Bea"]
    assert found.codes == [(4, "key", "duplicate-key"), (5, "key", "duplicate-key")]
    assert all("Row 2 " in one.detail for one in found.faults)
    assert found.values == ["k", "k"]


def test_an_external_id_is_a_key_where_there_is_none() -> None:
    found = read("Matrikel,name\n7,Ada\n7,Bea\n")

    assert found.codes == [(3, "Matrikel", "duplicate-key")]


def test_a_learner_who_passed_again_on_another_day_has_another_row() -> None:
    header = "Matrikel,name,email,date\n"
    rows = "7,Ada,a@example.org,2024-05-01\n7,Ada,a@example.org,2026-05-01\n"

    assert read(header + rows).names == ["Ada", "Ada"]
    assert read("key" + header[8:] + rows).codes == [(3, "key", "duplicate-key")]
    assert read(header + rows + rows.replace("7,Ada", "8,Ada")).codes == [
        (4, None, "duplicate-learner"),
        (5, None, "duplicate-learner"),
    ]


def test_the_key_of_a_row_with_faults_is_taken_too() -> None:
    found = read("key,name\nk,undefined\nk,Ada\n")

    assert found.codes == [(2, "name", "name-placeholder"), (3, "key", "duplicate-key")]


def test_a_learner_stands_once() -> None:
    found = read(
        "key,name,email,did\n1,Ada L,a@example.org,\n2,ADA  l,A@Example.org,\n"
        "3,Ada L,b@example.org,\n4,Bea,a@example.org,\n5,Cleo,,did:key:z6\n6,Cleo,,did:key:z7\n"
        "7,Cleo,,did:key:z6\n"
    )

    assert found.codes == [(3, None, "duplicate-learner"), (8, None, "duplicate-learner")]
    assert [row.key for row in found.rows] == ["1", "3", "4", "5", "6"]
    assert "Row 6 " in found.faults[1].detail


def test_namesakes_are_told_apart_by_their_keys_only() -> None:
    assert read("key,name\n1,Ada\n2,Ada\n").names == ["Ada", "Ada"]
    assert read("name\nAda\nBea\nada\n").codes == [(4, None, "duplicate-learner")]


def test_members_do_not_run_into_one_another() -> None:
    rows = read("name,email,did\nA,b@c,\nA b@c,,\nA,,did:x:b@c\n").rows

    assert len(rows) == 3

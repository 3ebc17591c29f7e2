"""What a long-lived process leaves out of the search for garbage."""

import gc

from credhub.cli.garbage import what_is_here_stays


def test_what_is_here_is_left_out_until_the_block_ends() -> None:
    here = [object()]
    before = gc.get_freeze_count()

    with what_is_here_stays():
        assert gc.get_freeze_count() > before
        assert not any(it is here for it in gc.get_objects())

    assert any(it is here for it in gc.get_objects())
    assert gc.get_freeze_count() == 0

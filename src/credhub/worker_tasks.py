"""What the worker processes of a service do: what strangers send, and what takes long."""

from credhub.bundled import read_schema_file
from credhub.proofs import isolated
from credhub.sandbox.process import Task
from credhub.services import badges, certificates, guarded, pictures, uploads
from credhub.services.bulk import batch_printing


def of_a_service() -> dict[str, Task]:
    """Name every task with the function that does it."""
    contexts = isolated.pack(read_schema_file)
    return {
        guarded.TASK: Task(function="credhub.proofs.isolated:canonicalizer", initial=contexts),
        guarded.GROUPING_TASK: Task(
            function="credhub.proofs.ecdsa_sd_2023.isolated:grouping", initial=contexts
        ),
        # Certificates are our own work: what strangers send takes no worker from them.
        "certificate": Task(
            function="credhub.documents.certificate:render_bytes", kind="certificates"
        ),
        badges.TASK: Task(function="credhub.documents.badge:draw_bytes", kind="certificates"),
        # Whoever prints a thousand keeps nobody from having their own certificate made.
        batch_printing.TASK: Task(
            function="credhub.documents.printing:render_bytes", kind="prints", last=True
        ),
        certificates.OF_MANY: Task(
            function="credhub.documents.certificate:render_bytes", kind="prints", last=True
        ),
        uploads.TASK: Task(function="credhub.uploads.reading:read", kind="uploads"),
        # Whoever has something drawn for long keeps nobody from having a file read.
        uploads.DRAWING: Task(function="credhub.uploads.reading:draw", kind="drawings", last=True),
        pictures.TASK: Task(
            function="credhub.uploads.redrawing:redraw", kind="drawings", last=True
        ),
    }

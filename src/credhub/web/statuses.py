"""Which HTTP status each error has: one table, and what is not in it is a fault of ours.

Errors that can leave a route are listed one by one. Verification errors never do, they are
answers; the rest of the tree is a 500.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from credhub import errors
from credhub.errors import CredhubError

STATUS: Final[Mapping[type[CredhubError], HTTPStatus]] = {
    errors.MalformedJsonError: HTTPStatus.BAD_REQUEST,
    errors.IdempotencyKeyMissingError: HTTPStatus.BAD_REQUEST,
    errors.CosigningRequestError: HTTPStatus.BAD_REQUEST,
    errors.ForeignIssuerError: HTTPStatus.BAD_REQUEST,
    errors.VcalmRequestError: HTTPStatus.BAD_REQUEST,
    errors.TokenRequestError: HTTPStatus.BAD_REQUEST,
    errors.UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.ScopeMissingError: HTTPStatus.FORBIDDEN,
    errors.NotTheLogError: HTTPStatus.FORBIDDEN,
    errors.AchievementNotFoundError: HTTPStatus.NOT_FOUND,
    errors.ApiKeyNotFoundError: HTTPStatus.NOT_FOUND,
    errors.CredentialNotFoundError: HTTPStatus.NOT_FOUND,
    errors.EndorsementNotFoundError: HTTPStatus.NOT_FOUND,
    errors.HubNotFoundError: HTTPStatus.NOT_FOUND,
    errors.NoCertificateError: HTTPStatus.NOT_FOUND,
    errors.OriginNotWitnessedError: HTTPStatus.NOT_FOUND,
    errors.KeyNotFoundError: HTTPStatus.NOT_FOUND,
    errors.LogNotFoundError: HTTPStatus.NOT_FOUND,
    errors.NotSuspendedError: HTTPStatus.NOT_FOUND,
    errors.StatusListNotFoundError: HTTPStatus.NOT_FOUND,
    errors.TileNotFoundError: HTTPStatus.NOT_FOUND,
    errors.UnknownCodeError: HTTPStatus.NOT_FOUND,
    errors.FormNotIssuedError: HTTPStatus.NOT_ACCEPTABLE,
    errors.AlreadyRevokedError: HTTPStatus.CONFLICT,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.HubExistsError: HTTPStatus.CONFLICT,
    errors.HubNameAlikeError: HTTPStatus.CONFLICT,
    errors.NotSuspendableError: HTTPStatus.CONFLICT,
    errors.OldSizeError: HTTPStatus.CONFLICT,
    errors.IdempotencyKeyReusedError: HTTPStatus.CONFLICT,
    errors.CredentialErasedError: HTTPStatus.GONE,
    errors.EndorsementGoneError: HTTPStatus.GONE,
    errors.UploadTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.FormNotOfferedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.HubSlugError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotConsistentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PresentationTooLargeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidClaimError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownFileKindError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PhotoKindError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NoCredentialError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SeveralCredentialsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PresentationInFileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AmbiguousBadgeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BadgeKeywordError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BadgeChunkError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BadgePlaceError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.CompressedBadgeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.CredentialTooLargeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DataAfterEndError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MalformedPngError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MalformedSvgError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnsafeSvgError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MalformedPdfError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.EncryptedPdfError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooManyAttachmentsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MalformedImageError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ImageTooLargeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SeveralCodesError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotALinkError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.FileTooComplexError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.FileNotReadError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RateLimitedError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.BatchBusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ContendedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.KeyStoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.LedgerClockError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.LedgerIntegrityError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NoOpenLogError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.QueueFullError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ReceiptNotReadyError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.RecordDamagedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.RecordOutcomeUnknownError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.RollbackDetectedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SandboxBusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SandboxClosedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SandboxCrashedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SandboxTimeoutError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SecondStoreUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SequencerClosedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreContendedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: type[CredhubError]) -> HTTPStatus:
    """Find the status of an error; what has none is a fault of ours."""
    return STATUS.get(error, HTTPStatus.INTERNAL_SERVER_ERROR)

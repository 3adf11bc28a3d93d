"""Addresses of pages. A mentor's pages carry a submission's id: a mark's number would count other claims."""

from django.urls import path, register_converter
from django.urls.converters import PathConverter

from jobtwin.web.pages import (
    archive,
    attempt,
    brief,
    briefs,
    check,
    consent,
    credential,
    decision,
    evidence,
    extension,
    health,
    holders,
    issued,
    issuer,
    mark,
    notification,
    operations,
    queue,
    receipt,
    submission,
    token,
    transcript,
    verify,
)


class FilePath(PathConverter):
    """A path in a repository; its names may hold line breaks."""

    regex = "(?s:.+)"


register_converter(FilePath, "file")

urlpatterns = [
    path("", brief.catalogue, name="catalogue"),
    path("briefs/schema.json", brief.schema, name="brief_schema"),
    path("briefs/<slug:brief_id>", brief.show, name="brief"),
    path("briefs/<slug:brief_id>/versions/<int:version>", brief.show_version, name="brief_version"),
    path("briefs/<slug:brief_id>/start", attempt.start, name="start"),
    path("attempts/<uuid:attempt_id>", attempt.show, name="attempt"),
    path("attempts/<uuid:attempt_id>/clock", attempt.clock, name="clock"),
    path("attempts/<uuid:attempt_id>/draft", attempt.save, name="draft"),
    path("attempts/<uuid:attempt_id>/archive", archive.upload, name="upload_archive"),
    path("attempts/<uuid:attempt_id>/withdraw", attempt.withdraw, name="withdraw"),
    path("attempts/<uuid:attempt_id>/submit", submission.submit, name="submit"),
    path("attempts/<uuid:attempt_id>/progress", check.progress, name="progress"),
    path("attempts/<uuid:attempt_id>/result", decision.result, name="result"),
    path("attempts/<uuid:attempt_id>/receipts", receipt.receipts, name="receipts"),
    path("attempts/<uuid:attempt_id>/receipts/<uuid:receipt_id>.json", receipt.receipt, name="receipt"),
    path("attempts/<uuid:attempt_id>/consent", consent.consent, name="consent"),
    path("account/tokens", token.tokens, name="tokens"),
    path("account/tokens/<uuid:token_id>/revoke", token.revoke, name="revoke_token"),
    path("notifications", notification.show, name="notifications"),
    path("notifications/read", notification.read, name="read_notifications"),
    path("notifications/mail", notification.mail, name="mail_pace"),
    path("notifications/unsubscribe/<str:token>", notification.unsubscribe, name="unsubscribe"),
    path("marking/", queue.show, name="queue"),
    path("marking/<uuid:submission_id>/claim", queue.claim, name="claim"),
    path("marking/<uuid:submission_id>", mark.desk, name="desk"),
    path("marking/<uuid:submission_id>/state", mark.state, name="mark_state"),
    path("marking/<uuid:submission_id>/save", mark.save, name="save_mark"),
    path("marking/<uuid:submission_id>/seal", mark.seal, name="seal"),
    path("marking/<uuid:submission_id>/decision", decision.compare, name="compare"),
    path("marking/<uuid:submission_id>/discuss", decision.discuss, name="discuss"),
    path("marking/<uuid:submission_id>/sign", decision.sign, name="sign"),
    path("marking/<uuid:submission_id>/files/", evidence.listing, name="files"),
    path("marking/<uuid:submission_id>/pictures/<file:path>", evidence.picture, name="picture"),
    path("marking/<uuid:submission_id>/quote/<file:path>", evidence.quote, name="quote"),
    path("marking/<uuid:submission_id>/files/<file:path>", evidence.show, name="file"),
    path("credentials/<uuid:credential_id>", credential.show, name="credential"),
    path("credentials/<uuid:credential_id>.json", credential.document, name="credential_json"),
    path("credentials/<uuid:credential_id>.jwt", credential.jwt, name="credential_jwt"),
    path("credentials/<uuid:credential_id>/badge.png", credential.badge_as_png, name="credential_png"),
    path("credentials/<uuid:credential_id>/badge.svg", credential.badge_as_svg, name="credential_svg"),
    path("credentials/<uuid:credential_id>/card.png", credential.card, name="credential_card"),
    path("transcript", transcript.transcript, name="transcript"),
    path("achievements/<slug:brief_id>/<int:version>", issuer.achievement, name="achievement"),
    path("skills/<str:skill_id>", issuer.skill, name="skill"),
    path("status/<int:number>", issuer.status, name="status_list"),
    path("holders", holders.holders, name="holders"),
    path("holders.json", holders.holders_json, name="holders_json"),
    path("issuer", issuer.profile, name="issuer"),
    path(".well-known/did.json", issuer.did, name="did"),
    path(".well-known/jwks.json", issuer.jwks, name="jwks"),
    path("verify", verify.verify, name="verify"),
    path("operations/", operations.show, name="operations"),
    path("operations/attempts/<uuid:attempt_id>", extension.operate, name="operate_attempt"),
    path("operations/briefs", briefs.manage, name="manage_briefs"),
    path("operations/briefs/<slug:brief_id>/<int:version>/retire", briefs.retire, name="retire_brief"),
    path(
        "operations/briefs/<slug:brief_id>/<int:version>/extend", extension.everybody, name="extend_everybody"
    ),
    path("operations/credentials", issued.listing, name="issued"),
    path("operations/credentials/<uuid:credential_id>", issued.operate, name="operate_credential"),
    path("healthz", health.process, name="healthz"),
    path("readyz", health.database, name="readyz"),
]

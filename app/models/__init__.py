"""What is stored. One module a noun; importing this package names them all to the migrations."""

from app.models.accounts import Account, WebAuthn
from app.models.campaigns import (
    Campaign,
    CampaignSlug,
    CampaignState,
    CampaignTally,
    DecisionMaker,
    Outcome,
    TargetChange,
    TextVersion,
)
from app.models.evidence import NewsItem, Report, ReportKind, campaign_news, campaign_report
from app.models.exports import Export, ExportForm, ExportState
from app.models.mails import Mail, MailKind, MailState
from app.models.organisations import Invitation, Membership, Organisation, Role
from app.models.pictures import Picture
from app.models.signatures import Channel, Consent, ConsentWording, Purpose, Refusal, Signature, SignatureState

__all__ = [
    "Account",
    "Campaign",
    "CampaignSlug",
    "CampaignState",
    "CampaignTally",
    "Channel",
    "Consent",
    "ConsentWording",
    "DecisionMaker",
    "Export",
    "ExportForm",
    "ExportState",
    "Invitation",
    "Mail",
    "MailKind",
    "MailState",
    "Membership",
    "NewsItem",
    "Organisation",
    "Outcome",
    "Picture",
    "Purpose",
    "Refusal",
    "Report",
    "ReportKind",
    "Role",
    "Signature",
    "SignatureState",
    "TargetChange",
    "TextVersion",
    "WebAuthn",
    "campaign_news",
    "campaign_report",
]

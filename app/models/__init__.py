"""What is stored. One module a noun; importing this package names them all to the migrations."""

from app.models.accounts import Account, WebAuthn
from app.models.activities import Activity, Deed, Thing
from app.models.address_changes import AddressChange
from app.models.campaign_states import CampaignState, Outcome
from app.models.campaigns import (
    Campaign,
    CampaignSlug,
    CampaignTally,
    DecisionMaker,
    TargetChange,
    TextVersion,
)
from app.models.exports import Export, ExportForm, ExportState
from app.models.figures import Figure, FigureSeries
from app.models.incidents import (
    Assessment,
    AssessmentChange,
    ImportDraft,
    Incident,
    IncidentFigure,
    IncidentSource,
    Register,
    incident_report,
)
from app.models.link_readings import LinkReading, LinkState
from app.models.mails import Mail, MailKind, MailState
from app.models.milestones import Milestone, MilestoneKind
from app.models.news import NewsItem, NewsKind, NewsSource, NewsState, campaign_news, topic_news
from app.models.organisations import Invitation, Membership, Organisation, Role
from app.models.pictures import Picture
from app.models.publication import Decision, PublicationPlan, Review
from app.models.reports import Report, ReportKind, campaign_report, topic_report
from app.models.search import SearchEntry, SearchKind
from app.models.sign_ins import AccountDevice, AccountEvent, AccountSession, EventKind, ProviderBinding
from app.models.signatures import Channel, Consent, ConsentWording, Purpose, Refusal, Signature, SignatureState
from app.models.signer_acts import ActKind, ActReason, ActState, SignatureChange, SignerAct, WithdrawalTally
from app.models.topics import KeyFigure, Topic, TopicSlug, TopicState, campaign_topic
from app.models.transfers import Transfer, TransferState
from app.models.types import PartialDate, Precision
from app.models.unsaved import UnsavedWords
from app.models.updates import Update, UpdateState

__all__ = [
    "ActKind",
    "ActReason",
    "ActState",
    "Account",
    "AccountDevice",
    "AccountEvent",
    "AccountSession",
    "AddressChange",
    "Activity",
    "Assessment",
    "AssessmentChange",
    "Campaign",
    "CampaignSlug",
    "CampaignState",
    "CampaignTally",
    "Channel",
    "Consent",
    "ConsentWording",
    "Decision",
    "DecisionMaker",
    "Deed",
    "EventKind",
    "Export",
    "ExportForm",
    "ExportState",
    "Figure",
    "FigureSeries",
    "ImportDraft",
    "Incident",
    "IncidentFigure",
    "IncidentSource",
    "Invitation",
    "KeyFigure",
    "LinkReading",
    "LinkState",
    "Mail",
    "MailKind",
    "MailState",
    "Membership",
    "Milestone",
    "MilestoneKind",
    "NewsItem",
    "NewsKind",
    "NewsSource",
    "NewsState",
    "Organisation",
    "Outcome",
    "PartialDate",
    "Picture",
    "Precision",
    "PublicationPlan",
    "ProviderBinding",
    "Purpose",
    "Refusal",
    "Register",
    "Report",
    "ReportKind",
    "Review",
    "Role",
    "SearchEntry",
    "SearchKind",
    "Signature",
    "SignatureChange",
    "SignatureState",
    "SignerAct",
    "TargetChange",
    "TextVersion",
    "Thing",
    "Topic",
    "TopicSlug",
    "TopicState",
    "Transfer",
    "TransferState",
    "UnsavedWords",
    "Update",
    "UpdateState",
    "WebAuthn",
    "WithdrawalTally",
    "campaign_news",
    "campaign_report",
    "campaign_topic",
    "incident_report",
    "topic_news",
    "topic_report",
]

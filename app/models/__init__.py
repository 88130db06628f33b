"""What is stored. One module a noun; importing this package names them all to the migrations."""

from app.models.accounts import Account, WebAuthn
from app.models.activities import Activity, Deed, Thing
from app.models.address_changes import AddressChange
from app.models.campaign_numbers import CampaignTally, TargetChange
from app.models.campaign_states import CampaignState, Outcome
from app.models.campaigns import Campaign, CampaignSlug, DecisionMaker, TextVersion
from app.models.deliveries import Delivery, DeliveryCorrection, DeliveryWay, Manifest, SigningKey
from app.models.exports import Export, ExportCoverage, ExportForm, ExportKey, ExportPreset, ExportState
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
from app.models.mails import WENT_OUT, Mail, MailKind, MailState
from app.models.milestones import Milestone, MilestoneKind
from app.models.news import NewsItem, NewsKind, NewsSource, NewsState, campaign_news, topic_news
from app.models.organisations import Invitation, Membership, Organisation, Role
from app.models.pauses import Pause
from app.models.pictures import Picture
from app.models.publication import Decision, PublicationPlan, Review
from app.models.questions import Answer, Asked, Question, QuestionKind, QuestionWording
from app.models.reports import Report, ReportKind, campaign_report, topic_report
from app.models.search import SearchEntry, SearchKind
from app.models.sign_ins import AccountDevice, AccountEvent, AccountSession, EventKind, ProviderBinding
from app.models.signatures import (
    Channel,
    Consent,
    ConsentWording,
    Origin,
    Purpose,
    Refusal,
    Signature,
    SignatureState,
)
from app.models.signer_acts import ActKind, ActReason, ActState, SignatureChange, SignerAct, WithdrawalTally
from app.models.signer_imports import ImportState, SignatureClaim, SignerImport, SourceKind
from app.models.tallies import FunnelTally, SignatureTally, TallyMark, TallyPart, TallyProgress
from app.models.thanks import ThankYou
from app.models.topics import KeyFigure, Topic, TopicSlug, TopicState, campaign_topic
from app.models.transfers import Transfer, TransferState
from app.models.types import PartialDate, Precision
from app.models.unsaved import UnsavedWords
from app.models.updates import Update, UpdateState

__all__ = [
    "WENT_OUT",
    "ActKind",
    "ActReason",
    "ActState",
    "Account",
    "AccountDevice",
    "AccountEvent",
    "AccountSession",
    "AddressChange",
    "Activity",
    "Answer",
    "Asked",
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
    "Delivery",
    "DeliveryCorrection",
    "DeliveryWay",
    "EventKind",
    "Export",
    "ExportCoverage",
    "ExportForm",
    "ExportKey",
    "ExportPreset",
    "ExportState",
    "Figure",
    "FigureSeries",
    "FunnelTally",
    "ImportDraft",
    "ImportState",
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
    "Manifest",
    "Membership",
    "Milestone",
    "MilestoneKind",
    "NewsItem",
    "NewsKind",
    "NewsSource",
    "NewsState",
    "Organisation",
    "Origin",
    "Outcome",
    "PartialDate",
    "Pause",
    "Picture",
    "Precision",
    "PublicationPlan",
    "ProviderBinding",
    "Purpose",
    "Question",
    "QuestionKind",
    "QuestionWording",
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
    "SignatureClaim",
    "SignatureState",
    "SignatureTally",
    "SignerAct",
    "SigningKey",
    "TallyMark",
    "TallyPart",
    "TallyProgress",
    "SignerImport",
    "SourceKind",
    "TargetChange",
    "TextVersion",
    "ThankYou",
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

"""Partners: finding them in the directory, keeping them, and reaching out to them."""

from app.partners.directory import DirectoryChoice, DirectoryUseCases, Offer
from app.partners.finding import PAGE, Fit, Found, PartnerUseCases, PastProject, Query, Teacher
from app.partners.keeping import KeepingUseCases
from app.partners.reaching import Message, ReachingUseCases, Template
from local_db.tables.partners import FollowUp, SavedSearch

__all__ = [
    "PAGE",
    "DirectoryChoice",
    "DirectoryUseCases",
    "Fit",
    "FollowUp",
    "Found",
    "KeepingUseCases",
    "Offer",
    "Teacher",
    "PartnerUseCases",
    "PastProject",
    "Query",
    "Message",
    "ReachingUseCases",
    "SavedSearch",
    "Template",
]

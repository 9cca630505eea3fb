"""Every event type that may cross a service boundary, by its `ce_type`."""

from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.contracts.department_events import HotIssueTold, ProjectTold, TicketAssigned
from services.contracts.event import Event
from services.contracts.hot_issue_events import (
    HotIssueAssigned,
    HotIssueConfirmed,
    HotIssueCorrected,
    HotIssueCureStarted,
    HotIssueDecided,
    HotIssueDecisionOverdue,
    HotIssueLapsed,
    HotIssueMemberJoined,
    HotIssueMemberLeft,
    HotIssueNotShown,
    HotIssueObserved,
    HotIssueReopened,
    HotIssueSuspected,
    HotIssueVerified,
    HotIssueWithdrawn,
)
from services.contracts.project_events import ProjectAdvanced, ProjectOpened, TypicalCaseProposed
from services.contracts.ticket_events import (
    TicketArchived,
    TicketDispatched,
    TicketFiledAway,
    TicketMerged,
    TicketReceived,
    TicketReclassified,
    TicketSentToReview,
    TicketSettled,
    TicketTextRecorded,
    TicketUnmerged,
    TicketVisited,
)

TICKET_EVENTS = (
    TicketReceived,
    TicketDispatched,
    TicketSentToReview,
    TicketReclassified,
    TicketMerged,
    TicketUnmerged,
    TicketSettled,
    TicketVisited,
    TicketArchived,
    TicketFiledAway,
)
HOT_ISSUE_EVENTS = (
    HotIssueSuspected,
    HotIssueLapsed,
    HotIssueConfirmed,
    HotIssueAssigned,
    HotIssueCorrected,
    HotIssueMemberJoined,
    HotIssueMemberLeft,
    HotIssueDecisionOverdue,
    HotIssueDecided,
    HotIssueCureStarted,
    HotIssueObserved,
    HotIssueVerified,
    HotIssueNotShown,
    HotIssueReopened,
    HotIssueWithdrawn,
)
PROJECT_EVENTS = (ProjectOpened, ProjectAdvanced)
DEPARTMENT_EVENTS = (TicketAssigned, HotIssueTold, ProjectTold)

EVENTS: dict[str, type[Event]] = {
    event.type: event
    for event in (
        *TICKET_EVENTS,
        TicketTextRecorded,
        TicketClassified,
        TicketReadAgain,
        *HOT_ISSUE_EVENTS,
        *PROJECT_EVENTS,
        TypicalCaseProposed,
        *DEPARTMENT_EVENTS,
    )
}

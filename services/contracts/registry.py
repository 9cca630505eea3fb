"""Every event type that may cross a service boundary, by its `ce_type`."""

from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.contracts.department_events import (
    DepartmentReplyRefused,
    HotIssueTold,
    ProjectTold,
    TicketAssigned,
    TicketTold,
)
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
from services.contracts.reply_events import (
    TicketContactReplied,
    TicketExtensionReplied,
    TicketInterimReplied,
    TicketReturnReplied,
    TicketSettlementReplied,
    TicketSignReplied,
)
from services.contracts.ticket_events import (
    ReplyRefused,
    TicketArchived,
    TicketClockBreached,
    TicketClockWarned,
    TicketCoHandlerCalledIn,
    TicketContacted,
    TicketDispatched,
    TicketExtensionGranted,
    TicketExtensionRefused,
    TicketExtensionRequested,
    TicketFiledAway,
    TicketInterimReported,
    TicketMerged,
    TicketReceived,
    TicketReclassified,
    TicketRedoOrdered,
    TicketRejected,
    TicketReturnRefused,
    TicketReturnRequested,
    TicketReturnUpheld,
    TicketSentToReview,
    TicketSettled,
    TicketSigned,
    TicketSupervised,
    TicketTextRecorded,
    TicketTransferred,
    TicketUnmerged,
    TicketVisited,
)

TICKET_EVENTS = (
    TicketReceived,
    TicketDispatched,
    TicketSentToReview,
    TicketRejected,
    TicketTransferred,
    TicketSigned,
    TicketContacted,
    TicketInterimReported,
    TicketCoHandlerCalledIn,
    TicketReturnRequested,
    TicketReturnUpheld,
    TicketReturnRefused,
    TicketExtensionRequested,
    TicketExtensionGranted,
    TicketExtensionRefused,
    TicketSupervised,
    TicketClockWarned,
    TicketClockBreached,
    TicketRedoOrdered,
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
DEPARTMENT_EVENTS = (TicketAssigned, TicketTold, DepartmentReplyRefused, HotIssueTold, ProjectTold)
REPLY_EVENTS = (
    TicketSignReplied,
    TicketContactReplied,
    TicketInterimReplied,
    TicketReturnReplied,
    TicketExtensionReplied,
    TicketSettlementReplied,
)

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
        *REPLY_EVENTS,
        ReplyRefused,
    )
}

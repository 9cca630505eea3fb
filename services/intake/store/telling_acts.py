"""What is said to callers, put together on PostgreSQL: what follows problems and works, and how it reaches people."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import partial

from services.intake.app.addressee import CallerOfTicket
from services.intake.app.answer_follow_up import AnswerFollowUp
from services.intake.app.answer_link import AnswerLink
from services.intake.app.check_calls import CheckCalls
from services.intake.app.follow_hot_issues import FollowHotIssues
from services.intake.app.follow_works import FollowWorks
from services.intake.app.miss_call import MissFollowUp
from services.intake.app.prepare_telling import PrepareTelling
from services.intake.app.sending_ports import Words
from services.intake.app.settle_ticket import SettleTicket
from services.intake.app.still_true import StillTrue
from services.intake.app.take_call import TakeCall
from services.intake.app.tell_callers import TellCallers
from services.intake.app.tell_followers import TellFollowers
from services.intake.app.try_telling import TryTelling
from services.intake.domain.sending import NextWay, SendingRules
from services.intake.domain.telling import Way
from services.intake.domain.telling_words import TellingWords
from services.intake.files.caller_access import caller_access
from services.intake.store.call_book import SqlCallBook
from services.intake.store.call_list import CallList
from services.intake.store.follow_ups import SqlFollowUps
from services.intake.store.links import SqlLinkBook, SqlLinks
from services.intake.store.tickets import SqlTickets
from services.intake.store.vault import SealedVault
from services.intake.store.works_news import SqlWorksBook


@dataclass(frozen=True, slots=True)
class TellingActs:
    """`prepare` makes a message of what is planned; whoever sends one asks it."""

    follow: FollowHotIssues
    works: FollowWorks
    try_telling: TryTelling
    still_true: StillTrue
    prepare: PrepareTelling
    next_way: NextWay
    words: Words
    answer_link: AnswerLink
    take_call: TakeCall
    check_calls: CheckCalls
    miss_follow_up: MissFollowUp
    call_list: CallList


def telling_acts(
    tell: TellCallers,
    tickets: SqlTickets,
    follow_ups: SqlFollowUps,
    vault: SealedVault,
    settlement: SettleTicket,
    answer: AnswerFollowUp,
    rules: SendingRules,
    ways: Set[Way],
    links: SqlLinks | None,
) -> TellingActs:
    """Without `links` a message bears none; `ways` are those by which somebody can be reached."""
    works = FollowWorks(tickets, follow_ups, SqlWorksBook(), tell)
    still_true = StillTrue(tell.table, tell.tellings, tickets, follow_ups, works.book)
    stop = partial(tell.tellings.stop, stopped=True)
    words, addressees, calls = TellingWords(tell.table), CallerOfTicket(vault), SqlCallBook()
    return TellingActs(
        FollowHotIssues(tickets, follow_ups, TellFollowers(tell, tickets, follow_ups)),
        works,
        TryTelling(tell, follow_ups),
        still_true,
        PrepareTelling(still_true, words, addressees, links),
        NextWay(rules, ways, tell.table.ways_of),
        words,
        AnswerLink(SqlLinkBook(), settlement, answer, stop),
        TakeCall(calls, rules, stop),
        CheckCalls(calls, still_true, addressees),
        MissFollowUp(follow_ups, rules.calls, stop),
        CallList(caller_access(), rules.calls),
    )

"""What can be allowed: one code a verb, grouped by the room it belongs to."""

from enum import StrEnum


class Permission(StrEnum):
    PLACE_VIEW = "place.view"
    PLACE_IMPORT = "place.import"  # the tree itself: official codes, boundaries, mergers
    PLACE_DRAW = "place.draw"  # grids: propose, accept, split, merge, redraw
    PLACE_EDIT = "place.edit"  # estates, buildings, households and their other names

    PERSON_VIEW = "person.view"
    PERSON_OPEN = "person.open"  # see a sealed field in the clear, logged
    APPOINT = "person.appoint"
    TRAIN = "person.train"  # enter who took part in a training
    COVERAGE_VIEW = "coverage.view"  # which places have whom: figures and gaps, no personal data

    MEMBER_VIEW = "member.view"  # the ledger of check-ins, teams, the talent pool
    MEMBER_VET = "member.vet"  # enter, vet, move, pause, end a check-in
    MEMBER_CONTACT = "member.contact"  # contact members, see their phone for it (logged), let them join the team
    TEAM_MANAGE = "team.manage"  # set up teams and groups, appoint captains
    TALENT_ASK = "talent.ask"  # ask people of the talent pool for help
    LIST_KEEP = "list.keep"  # keep the lists of what may be passed down, of powers and of what teams offer

    MATTER_VIEW = "matter.view"
    MATTER_REPORT = "matter.report"  # enter a matter on behalf of somebody
    MATTER_ACCEPT = "matter.accept"  # accept, reject, merge, split
    MATTER_DISPATCH = "matter.dispatch"  # dispatch, refer
    MATTER_WHISTLE = "matter.whistle"  # summon units to the spot, end the whistle
    MATTER_ASSIGN = "matter.assign"  # share out the own unit's matters among its people
    MATTER_HANDLE = "matter.handle"  # sign, return, progress, hold, resume, complete
    MATTER_SUPERVISE = "matter.supervise"  # urge, supervise
    MATTER_VERIFY = "matter.verify"  # verify, feed back
    MATTER_RATE = "matter.rate"  # note a rating given by phone or at the door
    MATTER_PUBLISH = "matter.publish"  # approve the notice
    MATTER_ARCHIVE = "matter.archive"
    MATTER_REOPEN = "matter.reopen"
    MATTER_OPEN_CONTACT = "matter.open_contact"  # the reporter's name and phone in the clear, logged
    MATTER_EXPORT = "matter.export"
    MATTER_LEARN = "matter.learn"  # train what suggests categories and handlers, put a version to use

    STATION_EDIT = "station.edit"  # stations, rooms and what they can serve as

    PLAN_VIEW = "plan.view"
    PLAN_EDIT = "plan.edit"  # write and adapt plans of one's own area
    PLAN_PUBLISH = "plan.publish"  # review, publish, retire
    RESPONSE_VIEW = "response.view"
    RESPONSE_ACTIVATE = "response.activate"  # activate, change level, renew, stand down; the plan narrows it by level

    JOURNAL_VIEW = "journal.view"
    JOBS_VIEW = "jobs.view"
    ACCESS_GRANT = "access.grant"

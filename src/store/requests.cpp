// Requests to lift a block: what people note of them, and what sender support answered. There are few of each, so whoever asks
// gets them all.
#include "store/requests.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::store {

namespace {

using domain::BlockCause;
using domain::DelistRequest;
using domain::FeedTrial;
using domain::RequestEvent;
using domain::SupportAnswer;

/// As SQLite's text functions and every reader can have it.
std::string clean(std::string_view text) {
    std::string out = util::to_valid_utf8(text);
    std::erase(out, '\0');
    return out;
}

/// The sentences that speak for the verdict, or, where none does, all that were said.
std::string why(const domain::Authenticity& authenticity) {
    using domain::Says;
    const Says wanted = authenticity.verdict == domain::Verdict::authentic ? Says::in_favor
                        : authenticity.verdict == domain::Verdict::forged  ? Says::against
                                                                           : Says::nothing;
    std::string out;
    for (const domain::RuleOutcome& rule : authenticity.rules)
        if (rule.says == wanted)
            out += (out.empty() ? "" : "; ") + rule.why;
    return clean(out);
}

void write_event(const Sqlite& database, std::int64_t request_id, const RequestEvent& event) {
    Statement insert(database,
                     "INSERT INTO delist_event (request_id, turn, kind, at, networks, ticket, outcome, note, noted_by, "
                     "noted_at) VALUES (?1, (SELECT coalesce(max(turn), 0) + 1 FROM delist_event WHERE request_id = "
                     "?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    const std::string networks = text_of(event.networks);
    const std::string note = clean(event.noted.note);
    const std::string by = clean(event.noted.by);
    insert.bind(1, request_id).bind(2, to_text(event.kind)).bind(3, event.at).bind(4, networks).bind(5, event.ticket);
    insert.bind(6, event.outcome ? to_text(*event.outcome) : std::string_view());
    insert.bind(7, note).bind(8, by).bind(9, event.noted.at).step();
}

void load_events(const Sqlite& database, DelistRequest& request) {
    Statement select(database, "SELECT kind, at, networks, ticket, outcome, note, noted_by, noted_at FROM delist_event "
                               "WHERE request_id = ?1 ORDER BY at, turn");
    select.bind(1, request.id);
    while (select.step()) {
        const auto kind = domain::from_text<domain::RequestEventKind>(select.text(0));
        if (!kind)
            continue;
        request.events.push_back({*kind,
                                  select.number(1),
                                  domain::parse_networks(select.text(2)),
                                  std::string(select.text(3)),
                                  domain::from_text<domain::MitigationOutcome>(select.text(4)),
                                  {std::string(select.text(6)), select.number(7), std::string(select.text(5))}});
    }
}

} // namespace

void write_answer(soci::session& sql, std::int64_t message_id, const domain::Settlement::Answer& answer) {
    const long long id = message_id;
    const long long at = answer.at;
    const std::string ticket = answer.reply.ticket.value_or("");
    const std::string verdict(to_text(answer.reply.authenticity.verdict));
    const std::string reasons = why(answer.reply.authenticity);
    sql << "INSERT INTO support_answer (message_id, at, ticket, verdict, why) VALUES (:id, :at, :ticket, :verdict, "
           ":why)",
        soci::use(id), soci::use(at), soci::use(ticket), soci::use(verdict), soci::use(reasons);
    long long turn = 0;
    for (const domain::MitigationFinding& finding : answer.reply.findings) {
        ++turn;
        const std::string outcome(to_text(finding.outcome));
        const std::string networks = text_of(finding.networks);
        sql << "INSERT INTO support_finding (message_id, turn, outcome, networks) VALUES (:id, :turn, :outcome, "
               ":networks)",
            soci::use(id), soci::use(turn), soci::use(outcome), soci::use(networks);
    }
}

std::int64_t Store::keep_request(const DelistRequest& request) {
    std::int64_t id = 0;
    connection_->in_transaction("note a request", Durability::durable, [&] {
        const Sqlite database = connection_->raw("note a request");
        Statement insert(database, "INSERT INTO delist_request (list, networks, door, sent_at, note, noted_by, "
                                   "noted_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        const std::string networks = text_of(request.networks);
        const std::string note = clean(request.noted.note);
        const std::string by = clean(request.noted.by);
        insert.bind(1, to_text(request.list)).bind(2, networks).bind(3, to_text(request.door));
        insert.bind(4, request.sent_at).bind(5, note).bind(6, by).bind(7, request.noted.at).step();
        id = database.last_id();
        for (const RequestEvent& event : request.events)
            write_event(database, id, event);
    });
    return id;
}

void Store::keep_request_event(std::int64_t request_id, const RequestEvent& event) {
    connection_->in_transaction("note what became of a request", Durability::durable, [&] {
        write_event(connection_->raw("note what became of a request"), request_id, event);
    });
}

std::vector<DelistRequest> Store::requests() {
    std::vector<DelistRequest> out;
    connection_->in_snapshot("read the requests", [&] {
        const Sqlite database = connection_->raw("read the requests");
        Statement select(database, "SELECT id, list, networks, door, sent_at, note, noted_by, noted_at FROM "
                                   "delist_request ORDER BY sent_at, id");
        while (select.step()) {
            DelistRequest one;
            one.id = select.number(0);
            one.list = domain::from_text<domain::BlockList>(select.text(1)).value_or(domain::BlockList::outlook_com);
            one.networks = domain::parse_networks(select.text(2));
            one.door = domain::from_text<domain::Door>(select.text(3)).value_or(domain::Door::consumer_form);
            one.sent_at = select.number(4);
            one.noted = {std::string(select.text(6)), select.number(7), std::string(select.text(5))};
            out.push_back(std::move(one));
        }
        for (DelistRequest& one : out)
            load_events(database, one);
    });
    return out;
}

std::vector<SupportAnswer> Store::support_answers() {
    std::vector<SupportAnswer> out;
    connection_->in_snapshot("read the answers of sender support", [&] {
        const Sqlite database = connection_->raw("read the answers of sender support");
        Statement select(database,
                         "SELECT a.message_id, m.received_at, a.at, a.ticket, a.verdict, a.why, r.message_id IS NOT "
                         "NULL FROM support_answer AS a JOIN message AS m ON m.id = a.message_id LEFT JOIN "
                         "support_answer_read AS r ON r.message_id = a.message_id ORDER BY a.at, a.message_id");
        Statement findings(database, "SELECT outcome, networks FROM support_finding WHERE message_id = ?1 ORDER BY "
                                     "turn");
        while (select.step()) {
            SupportAnswer one;
            one.message_id = select.number(0);
            one.received_at = select.number(1);
            one.at = select.number(2);
            if (!select.text(3).empty())
                one.ticket = select.text(3);
            one.verdict = domain::from_text<domain::Verdict>(select.text(4)).value_or(domain::Verdict::unverified);
            one.why = select.text(5);
            one.dealt_with = select.number(6) != 0;
            findings.bind(1, one.message_id);
            while (findings.step())
                one.findings.push_back({domain::from_text<domain::MitigationOutcome>(findings.text(0))
                                            .value_or(domain::MitigationOutcome::unknown),
                                        domain::parse_networks(findings.text(1))});
            out.push_back(std::move(one));
        }
    });
    return out;
}

bool Store::mark_answer_read(std::int64_t message_id, std::string_view by, util::Seconds at) {
    bool done = false;
    connection_->in_transaction("note that an answer was read", Durability::durable, [&] {
        const Sqlite database = connection_->raw("note that an answer was read");
        Statement insert(database, "INSERT INTO support_answer_read (message_id, decided_by, decided_at) SELECT "
                                   "message_id, ?2, ?3 FROM support_answer WHERE message_id = ?1 ON CONFLICT DO "
                                   "NOTHING");
        const std::string who = clean(by);
        insert.bind(1, message_id).bind(2, who).bind(3, at).step();
        Statement found(database, "SELECT EXISTS (SELECT 1 FROM support_answer_read WHERE message_id = ?1)");
        done = found.bind(1, message_id).step() && found.number(0) != 0;
    });
    return done;
}

void Store::keep_cause(const BlockCause& cause) {
    connection_->in_transaction("note a cause", Durability::durable, [&] {
        const Sqlite database = connection_->raw("note a cause");
        Statement insert(database, "INSERT INTO block_cause (networks, cause, fix, at, noted_by, noted_at) VALUES (?1, "
                                   "?2, ?3, ?4, ?5, ?6)");
        const std::string networks = text_of(cause.networks);
        const std::string texts[] = {clean(cause.cause), clean(cause.fix), clean(cause.noted.by)};
        insert.bind(1, networks).bind(2, texts[0]).bind(3, texts[1]).bind(4, cause.at).bind(5, texts[2]);
        insert.bind(6, cause.noted.at).step();
    });
}

std::vector<BlockCause> Store::causes() {
    std::vector<BlockCause> out;
    connection_->translated("read the causes", [&] {
        const Sqlite database = connection_->raw("read the causes");
        Statement select(database, "SELECT networks, cause, fix, at, noted_by, noted_at FROM block_cause ORDER BY at, "
                                   "id");
        while (select.step())
            out.push_back({domain::parse_networks(select.text(0)),
                           std::string(select.text(1)),
                           std::string(select.text(2)),
                           select.number(3),
                           {std::string(select.text(4)), select.number(5), {}}});
    });
    return out;
}

bool Store::keep_trial(const FeedTrial& trial) {
    bool fresh = false;
    connection_->in_transaction("note a trial", Durability::durable, [&] {
        const Sqlite database = connection_->raw("note a trial");
        Statement insert(database, "INSERT INTO feed_trial (address_key, at, address, noted_by, noted_at) VALUES (?1, "
                                   "?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
        const std::string key = trial.mailbox.key();
        const std::string texts[] = {trial.mailbox.text(), clean(trial.noted.by)};
        insert.bind(1, key).bind(2, trial.at).bind(3, texts[0]).bind(4, texts[1]).bind(5, trial.noted.at).step();
        fresh = database.changes() > 0;
    });
    return fresh;
}

std::vector<FeedTrial> Store::trials(util::Seconds since) {
    std::vector<FeedTrial> out;
    connection_->translated("read the trials", [&] {
        const Sqlite database = connection_->raw("read the trials");
        Statement select(database, "SELECT address, at, noted_by, noted_at FROM feed_trial WHERE at >= ?1 ORDER BY at, "
                                   "address_key");
        select.bind(1, since);
        while (select.step())
            if (const auto mailbox = domain::parse_address(select.text(0)))
                out.push_back({*mailbox, select.number(1), {std::string(select.text(2)), select.number(3), {}}});
    });
    return out;
}

std::vector<TrialComplaints> Store::trial_complaints(util::Day first_arrival_day) {
    std::vector<TrialComplaints> out;
    connection_->translated("count the complaints of trials", [&] {
        const Sqlite database = connection_->raw("count the complaints of trials");
        Statement select(database,
                         "SELECT coalesce(source_ip, ''), arrival_day, sum(counted) FROM report WHERE counted "
                         "> 0 AND arrival_day >= ?1 AND message_id IN (SELECT message_id FROM "
                         "report_recipient JOIN feed_trial USING (address_key)) GROUP BY 1, 2");
        select.bind(1, std::int64_t{first_arrival_day});
        while (select.step())
            out.push_back({std::string(select.text(0)), static_cast<util::Day>(select.number(1)), select.number(2)});
    });
    return out;
}

std::map<std::string, std::int64_t> Store::complaints_about_mail_after(util::Seconds sent) {
    std::map<std::string, std::int64_t> out;
    connection_->translated("count complaints about newer mail", [&] {
        const Sqlite database = connection_->raw("count complaints about newer mail");
        // The reports themselves are looked through only where the counts say that there is something to find.
        Statement any(database, "SELECT EXISTS (SELECT 1 FROM complaint_count WHERE counted_by = 0 AND report_day >= "
                                "?1 AND arrival_day >= ?1 AND complaints > 0)");
        any.bind(1, std::int64_t{util::day_of(sent)});
        if (!any.step() || any.number(0) == 0)
            return;
        any.reset();
        Statement select(database, "SELECT source_ip, sum(counted) FROM report WHERE counted > 0 AND source_ip IS NOT "
                                   "NULL AND coalesce(sealed_at, arrival_date) > ?1 GROUP BY source_ip");
        select.bind(1, sent);
        while (select.step())
            out.emplace(select.text(0), select.number(1));
    });
    return out;
}

} // namespace jmrp::store

// Smart Network Data Services: answers as they came, their rows, and what was asked.
#include <algorithm>
#include <tuple>

#include "store/connection.hpp"
#include "util/compress.hpp"
#include "util/digest.hpp"
#include "util/text.hpp"

namespace jmrp::store {

namespace {

using domain::SndsAnswer;
using domain::SndsDay;
using domain::SndsKind;
using domain::SndsOutcome;

constexpr std::size_t largest_answer = std::size_t{64} << 20U;

/// As SQLite's text functions and every reader can have it.
std::string clean(std::string_view text) {
    std::string out = util::to_valid_utf8(text);
    std::erase(out, '\0');
    return out;
}

Statement& bind_optional(Statement& statement, int index, const std::optional<std::int64_t>& value) {
    return value ? statement.bind(index, *value) : statement.bind_null(index);
}

std::optional<util::Day> day_or_nothing(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(static_cast<util::Day>(row.number(column)));
}

void write_source(const Sqlite& database, const SndsAnswer& answer) {
    const bool ok = answer.outcome != SndsOutcome::failed;
    const std::string why = clean(answer.why);
    Statement upsert(
        database,
        "INSERT INTO snds_source (source, kind, form, first_used, last_tried, last_ok, failures, "
        "last_error, needs_person) VALUES (?1, ?2, ?3, ?4, ?4, iif(?5, ?4, NULL), NOT ?5, ?6, ?7) ON CONFLICT (source, "
        "kind) DO UPDATE SET first_used = iif(?3 IN ('', form), first_used, ?4), form = iif(?3 = '', form, "
        "?3), last_tried = "
        "max(last_tried, ?4), last_ok = iif(?5, max(coalesce(last_ok, ?4), ?4), last_ok), failures = "
        "iif(?5, 0, failures + 1), last_error = ?6, needs_person = ?7");
    upsert.bind(1, answer.source).bind(2, to_text(answer.kind)).bind(3, answer.form);
    upsert.bind(4, answer.at).bind(5, std::int64_t{ok}).bind(6, why);
    upsert.bind(7, std::int64_t{answer.needs_person}).step();
}

void write_asked(const Sqlite& database, const SndsAnswer& answer) {
    if (answer.kind != SndsKind::data || !answer.day)
        return;
    const std::string why = clean(answer.why);
    // A later failure does not undo what was learned.
    Statement upsert(database, "INSERT INTO snds_asked (day, source, outcome, at, why) VALUES (?1, ?2, ?3, ?4, ?5) ON "
                               "CONFLICT (day, source) DO UPDATE SET at = max(at, ?4), why = iif(outcome = 'failed', "
                               "?5, why), outcome = CASE WHEN outcome = 'rows' OR ?3 = 'failed' THEN outcome ELSE ?3 "
                               "END");
    upsert.bind(1, std::int64_t{*answer.day}).bind(2, answer.source).bind(3, to_text(answer.outcome));
    upsert.bind(4, answer.at).bind(5, why).step();
}

/// The id of the answer; 0 where there is nothing to keep.
std::int64_t write_answer(const Sqlite& database, const SndsAnswer& answer) {
    if (!answer.raw)
        return 0;
    const std::string question = answer.source + "|" + std::string(to_text(answer.kind)) + "|" +
                                 (answer.day ? std::to_string(*answer.day) : "-") + "|" + std::to_string(answer.zone) +
                                 "|";
    const std::string digest = as_bytes(util::digest("snds answer", question + *answer.raw));
    const std::string frame = util::compress(*answer.raw);
    const std::string first_refused = clean(answer.first_refused);
    Statement upsert(database,
                     "INSERT INTO snds_answer (digest, source, kind, day, zone, fetched_at, refused, first_refused, "
                     "drifted, zstd) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (digest) DO UPDATE "
                     "SET fetched_at = max(fetched_at, ?6), refused = ?7, first_refused = ?8, drifted = ?9 RETURNING "
                     "id");
    upsert.bind_blob(1, digest).bind(2, answer.source).bind(3, to_text(answer.kind));
    bind_optional(upsert, 4, answer.day).bind(5, answer.zone).bind(6, answer.at).bind(7, answer.refused);
    upsert.bind(8, first_refused).bind(9, std::int64_t{answer.drifted}).bind_blob(10, frame);
    const std::int64_t id = upsert.step() ? upsert.number(0) : 0;
    upsert.reset();
    return id;
}

void write_days(const Sqlite& database, const SndsAnswer& answer, std::int64_t answer_id) {
    Statement upsert(database,
                     "INSERT OR REPLACE INTO snds_day (day, ip, source, answer_id, period_start, period_end, "
                     "rcpt_commands, data_commands, message_recipients, filter_result, rate_lower, rate_upper, "
                     "trap_hits, sample_helo, sample_mail_from, comments) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                     "?10, ?11, ?12, ?13, ?14, ?15, ?16)");
    for (const SndsDay& row : answer.days) {
        const std::string ip = row.ip.text();
        const std::string texts[] = {clean(row.sample_helo), clean(row.sample_mail_from), clean(row.comments)};
        upsert.bind(1, std::int64_t{row.day}).bind(2, ip).bind(3, answer.source).bind(4, answer_id);
        upsert.bind(5, row.period_start).bind(6, row.period_end).bind(7, row.rcpt_commands);
        upsert.bind(8, row.data_commands).bind(9, row.message_recipients).bind(10, to_text(row.filter_result));
        if (row.complaint_rate)
            upsert.bind_real(11, row.complaint_rate->lower).bind_real(12, row.complaint_rate->upper);
        else
            upsert.bind_null(11).bind_null(12);
        bind_optional(upsert, 13, row.trap_hits).bind(14, texts[0]).bind(15, texts[1]).bind(16, texts[2]).step();
    }
}

void write_status(const Sqlite& database, const SndsAnswer& answer) {
    if (answer.kind != SndsKind::status || answer.outcome == SndsOutcome::failed)
        return;
    Statement remove(database, "DELETE FROM snds_status WHERE source = ?1");
    remove.bind(1, answer.source).step();
    Statement insert(database, "INSERT INTO snds_status (source, first_ip, last_ip, blocked, details) VALUES (?1, ?2, "
                               "?3, ?4, ?5)");
    for (const domain::SndsStatus& row : answer.ranges) {
        const std::string first = row.first.text();
        const std::string last = row.last.text();
        const std::string details = clean(row.details);
        insert.bind(1, answer.source).bind(2, first).bind(3, last).bind(4, std::int64_t{row.blocked});
        insert.bind(5, details).step();
    }
}

std::optional<SndsDay> day_of_row(const Statement& row) {
    const auto ip = domain::parse_ip(row.text(1));
    if (!ip)
        return std::nullopt;
    SndsDay out;
    out.day = static_cast<util::Day>(row.number(0));
    out.ip = *ip;
    out.period_start = row.number(2);
    out.period_end = row.number(3);
    out.rcpt_commands = row.number(4);
    out.data_commands = row.number(5);
    out.message_recipients = row.number(6);
    out.filter_result = domain::from_text<domain::FilterResult>(row.text(7)).value_or(domain::FilterResult::red);
    if (!row.is_null(8))
        out.complaint_rate = domain::RateBounds{row.real(8), row.real(9)};
    if (!row.is_null(10))
        out.trap_hits = row.number(10);
    out.sample_helo = row.text(11);
    out.sample_mail_from = row.text(12);
    out.comments = row.text(13);
    return out;
}

/// What makes a reading worse, the weightiest first.
auto badness(const SndsDay& row) {
    return std::tuple(row.filter_result, row.complaint_rate ? row.complaint_rate->lower : -1,
                      row.complaint_rate ? row.complaint_rate->upper : -1, row.trap_hits.value_or(-1),
                      row.message_recipients);
}

bool says_the_same(const SndsDay& a, const SndsDay& b) {
    return a.filter_result == b.filter_result && a.complaint_rate == b.complaint_rate &&
           a.message_recipients == b.message_recipients;
}

/// Rows of one IP and day become one.
std::vector<SndsDay> merged(std::vector<SndsDay> rows) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const SndsDay& a, const SndsDay& b) { return std::tie(a.ip, a.day) < std::tie(b.ip, b.day); });
    std::vector<SndsDay> out;
    for (SndsDay& row : rows) {
        if (out.empty() || out.back().ip != row.ip || out.back().day != row.day) {
            out.push_back(std::move(row));
            continue;
        }
        const bool disputed = out.back().disputed || !says_the_same(out.back(), row);
        if (badness(out.back()) < badness(row))
            out.back() = std::move(row);
        out.back().disputed = disputed;
    }
    return out;
}

} // namespace

void Store::keep_snds(const SndsAnswer& answer) {
    connection_->in_transaction("keep what SNDS answered", Durability::durable, [&] {
        const Sqlite database = connection_->raw("keep what SNDS answered");
        write_source(database, answer);
        write_asked(database, answer);
        const std::int64_t id = write_answer(database, answer);
        write_days(database, answer, id);
        write_status(database, answer);
    });
}

std::vector<SndsDay> Store::snds_days(util::Day first_day, util::Day last_day, const std::optional<domain::Ip>& ip) {
    std::vector<SndsDay> rows;
    connection_->translated("read the days of SNDS", [&] {
        const Sqlite database = connection_->raw("read the days of SNDS");
        Statement select(database,
                         "SELECT day, ip, period_start, period_end, rcpt_commands, data_commands, message_recipients, "
                         "filter_result, rate_lower, rate_upper, trap_hits, sample_helo, sample_mail_from, comments "
                         "FROM snds_day WHERE day BETWEEN ?1 AND ?2 AND (?3 = '' OR ip = ?3)");
        const std::string wanted = ip ? ip->text() : std::string();
        select.bind(1, std::int64_t{first_day}).bind(2, std::int64_t{last_day}).bind(3, wanted);
        while (select.step())
            if (auto row = day_of_row(select))
                rows.push_back(std::move(*row));
    });
    return merged(std::move(rows));
}

std::map<util::Day, domain::SndsAsked> Store::snds_asked(util::Day first_day, util::Day last_day,
                                                         std::string_view source) {
    std::map<util::Day, domain::SndsAsked> out;
    connection_->translated("read what SNDS was asked", [&] {
        const Sqlite database = connection_->raw("read what SNDS was asked");
        // A row that came without asking for its day tells as much.
        Statement select(database,
                         "SELECT day, outcome, at, why FROM snds_asked WHERE day BETWEEN ?1 AND ?2 AND ?3 IN ('', "
                         "source) UNION ALL SELECT d.day, 'rows', coalesce(max(a.fetched_at), 0), '' FROM snds_day AS "
                         "d LEFT JOIN snds_answer AS a ON a.id = d.answer_id WHERE d.day BETWEEN ?1 AND ?2 AND ?3 = '' "
                         "GROUP BY d.day");
        select.bind(1, std::int64_t{first_day}).bind(2, std::int64_t{last_day}).bind(3, source);
        while (select.step()) {
            domain::SndsAsked one{
                domain::from_text<SndsOutcome>(select.text(1)).value_or(SndsOutcome::failed), select.number(2), {}};
            if (one.outcome == SndsOutcome::failed)
                one.why = select.text(3);
            const auto [known, is_new] = out.try_emplace(static_cast<util::Day>(select.number(0)), one);
            if (is_new)
                continue;
            const util::Seconds at = std::max(known->second.at, one.at);
            if (one.outcome < known->second.outcome)
                known->second = one;
            known->second.at = at;
        }
    });
    return out;
}

domain::SndsStanding Store::snds_standing() {
    domain::SndsStanding out;
    connection_->in_snapshot("read the standing of SNDS", [&] {
        const Sqlite database = connection_->raw("read the standing of SNDS");
        Statement newest(database, "SELECT max(last_ok) FROM snds_source WHERE kind = 'status'");
        if (!newest.step() || newest.is_null(0))
            return;
        out.at = newest.number(0);
        newest.reset();
        // What a source said that answers no more is no news; two that are asked in turn may be of two accounts.
        constexpr util::Seconds in_turn = util::Seconds{2} * 86'400;
        Statement select(database,
                         "SELECT first_ip, last_ip, blocked, details FROM snds_status JOIN snds_source AS s "
                         "USING (source) WHERE s.kind = 'status' AND s.last_ok >= ?1 ORDER BY snds_status.id");
        select.bind(1, *out.at - in_turn);
        while (select.step()) {
            const auto first = domain::parse_ip(select.text(0));
            const auto last = domain::parse_ip(select.text(1));
            if (first && last)
                out.ranges.push_back({*first, *last, select.number(2) != 0, std::string(select.text(3))});
        }
    });
    return out;
}

std::vector<domain::SndsSource> Store::snds_sources() {
    std::vector<domain::SndsSource> out;
    connection_->translated("read how the sources of SNDS do", [&] {
        const Sqlite database = connection_->raw("read how the sources of SNDS do");
        Statement select(database, "SELECT source, kind, first_used, last_tried, last_ok, failures, last_error, "
                                   "needs_person FROM snds_source ORDER BY source, kind");
        while (select.step()) {
            domain::SndsSource one;
            one.source = select.text(0);
            one.kind = domain::from_text<SndsKind>(select.text(1)).value_or(SndsKind::data);
            one.first_used = select.number(2);
            one.last_tried = select.number(3);
            if (!select.is_null(4))
                one.last_ok = select.number(4);
            one.failures = static_cast<int>(select.number(5));
            one.last_error = select.text(6);
            one.needs_person = select.number(7) != 0;
            out.push_back(std::move(one));
        }
    });
    return out;
}

std::vector<domain::SndsDeviation> Store::snds_deviations(util::Seconds since) {
    std::vector<domain::SndsDeviation> out;
    connection_->translated("read which answers of SNDS were odd", [&] {
        const Sqlite database = connection_->raw("read which answers of SNDS were odd");
        Statement select(database, "SELECT source, kind, day, fetched_at, drifted, refused, first_refused FROM "
                                   "snds_answer WHERE fetched_at >= ?1 AND (drifted = 1 OR refused > 0) ORDER BY "
                                   "fetched_at DESC, id DESC");
        select.bind(1, since);
        while (select.step())
            out.push_back({std::string(select.text(0)),
                           domain::from_text<SndsKind>(select.text(1)).value_or(SndsKind::data),
                           day_or_nothing(select, 2), select.number(3), select.number(4) != 0, select.number(5),
                           std::string(select.text(6))});
    });
    return out;
}

void Store::reread_snds(const std::function<void(SndsAnswer&)>& read) {
    connection_->in_transaction("read what SNDS answered again", Durability::durable, [&] {
        const Sqlite database = connection_->raw("read what SNDS answered again");
        std::vector<std::int64_t> ids;
        Statement all(database, "SELECT id FROM snds_answer ORDER BY fetched_at, id");
        while (all.step())
            ids.push_back(all.number(0));
        Statement select(database, "SELECT source, kind, day, zone, fetched_at, zstd FROM snds_answer WHERE id = ?1");
        Statement remove(database, "DELETE FROM snds_day WHERE answer_id = ?1");
        Statement update(database, "UPDATE snds_answer SET refused = ?2, first_refused = ?3, drifted = ?4 WHERE id = "
                                   "?1");
        for (const std::int64_t id : ids) {
            SndsAnswer answer;
            if (!select.bind(1, id).step())
                continue;
            answer.source = select.text(0);
            answer.kind = domain::from_text<SndsKind>(select.text(1)).value_or(SndsKind::data);
            answer.day = day_or_nothing(select, 2);
            answer.zone = select.number(3);
            answer.at = select.number(4);
            answer.raw = util::decompress(std::string(select.text(5)), largest_answer);
            select.reset();
            read(answer);
            remove.bind(1, id).step();
            const std::string first_refused = clean(answer.first_refused);
            update.bind(1, id).bind(2, answer.refused).bind(3, first_refused).bind(4, std::int64_t{answer.drifted});
            update.step();
            write_days(database, answer, id);
            write_status(database, answer);
        }
    });
}

void Store::prune_snds(util::Seconds before) {
    connection_->in_transaction("take old answers of SNDS", Durability::lazy, [&] {
        const Sqlite database = connection_->raw("take old answers of SNDS");
        Statement remove(database, "DELETE FROM snds_answer WHERE fetched_at < ?1");
        remove.bind(1, before).step();
    });
}

} // namespace jmrp::store

// What people and other programs ask: rates, status, quarantine, single messages.
#include <algorithm>

#include "store/connection.hpp"
#include "store/send_log_file.hpp"
#include "util/compress.hpp"

namespace jmrp::store {

namespace {

constexpr std::size_t largest_message = std::size_t{1} << 30;

} // namespace

Status Store::status(util::Seconds now) {
    Status out;
    connection_->translated("read the status", [&] {
        auto& sql = connection_->sql;
        out.messages = connection_->number("SELECT count(*) FROM message");
        out.raw_bytes = connection_->number("SELECT coalesce(sum(size), 0) FROM message");
        out.unsettled = connection_->number("SELECT count(*) FROM unsettled");
        out.tried_before = connection_->number("SELECT count(*) FROM unsettled WHERE attempts > 0");
        out.quarantined = connection_->number("SELECT count(*) FROM quarantine");
        out.held = connection_->number("SELECT count(*) FROM held");
        for_each_suppression(now, [&](const domain::Suppression& one) { out.suppressed += one.active ? 1 : 0; });
        std::string text;
        long long messages = 0;
        soci::statement by_disposition = (sql.prepare << "SELECT disposition, sum(messages) FROM outcome_count GROUP "
                                                         "BY disposition HAVING sum(messages) > 0 ORDER BY disposition",
                                          soci::into(text), soci::into(messages));
        by_disposition.execute();
        while (by_disposition.fetch())
            out.dispositions.emplace_back(text, messages);
        long long last_message = 0;
        long long last_report = 0;
        soci::indicator report_set = soci::i_null;
        soci::statement by_feed =
            (sql.prepare << "SELECT feed, sum(messages), max(last_at), max(last_at) FILTER (WHERE disposition NOT IN "
                            "('bounce', 'bounce-unverified', 'bounce-suppressed', 'support-reply', 'forged-reply', "
                            "'unrecognized', 'crashed')) FROM outcome_count GROUP BY feed "
                            "ORDER BY feed",
             soci::into(text), soci::into(messages), soci::into(last_message), soci::into(last_report, report_set));
        by_feed.execute();
        while (by_feed.fetch()) {
            FeedStatus feed{text, messages, last_message, std::nullopt};
            if (report_set == soci::i_ok)
                feed.last_report = last_report;
            out.feeds.push_back(std::move(feed));
        }
    });
    return out;
}

std::vector<QuarantineEntry> Store::quarantine() {
    std::vector<QuarantineEntry> out;
    connection_->translated(
        "read the quarantine", [&] {
            QuarantineEntry row;
            long long id = 0;
            long long since = 0;
            long long size = 0;
            soci::statement select =
                (connection_->sql.prepare
                     << "SELECT q.message_id, q.reason, q.since, m.feed, m.origin, m.size FROM quarantine AS q "
                        "JOIN message AS m ON m.id = q.message_id ORDER BY q.message_id",
                 soci::into(id), soci::into(row.reason), soci::into(since), soci::into(row.feed),
                 soci::into(row.origin), soci::into(size));
            select.execute();
            while (select.fetch()) {
                row.message_id = id;
                row.since = since;
                row.size = static_cast<std::uint64_t>(size);
                out.push_back(row);
            }
        });
    return out;
}

std::optional<MessageBytes> Store::message(std::int64_t message_id) {
    MessageBytes out;
    std::string frame;
    bool found = false;
    connection_->translated("read a kept message", [&] {
        long long id = message_id;
        long long at = 0;
        soci::statement select =
            (connection_->sql.prepare << "SELECT r.zstd, m.received_at, m.feed, m.origin FROM message AS m "
                                         "JOIN message_raw AS r ON r.message_id = m.id WHERE m.id = :id",
             soci::use(id), soci::into(frame), soci::into(at), soci::into(out.feed), soci::into(out.origin));
        found = select.execute(true);
        out.received_at = at;
    });
    if (!found)
        return std::nullopt;
    out.bytes = util::decompress(frame, largest_message);
    return out;
}

void Store::dump(const std::function<void(std::string_view line)>& each) {
    // Rows are named by the digest of their message: ids and receipt times depend on the order of deliveries.
    static constexpr const char* queries[] = {
        "SELECT 'message|' || hex(digest) || '|' || feed || '|' || size || '|' || truncated FROM message ORDER BY "
        "digest",
        "SELECT 'unsettled|' || hex(digest) FROM unsettled JOIN message ON id = message_id ORDER BY digest",
        "SELECT 'dkim|' || hex(digest) || '|' || result || '|' || passed_domains FROM dkim_finding JOIN message ON id "
        "= "
        "message_id ORDER BY digest",
        "SELECT 'dkim-wanted|' || hex(digest) FROM dkim_wanted JOIN message ON id = message_id ORDER BY digest",
        "SELECT 'outcome|' || kind || '|' || disposition || '|' || count(*) FROM outcome GROUP BY kind, disposition "
        "ORDER BY 1",
        "SELECT 'report|' || hex(identity) || '|' || dialect || '|' || feedback_type || '|' || coalesce(source_ip, "
        "'-') || '|' || "
        "coalesce(original_mail_from, '-') || '|' || recipient_status || '|' || basis || '|' || verdict || '|' || "
        "coalesce(reported_message_id, '-') || "
        "'|' || "
        "coalesce(arrival_date, '-') || '|' || incidents || '|' || coalesce(from_domain || '|' || dkim_aligned, '-') "
        "FROM "
        "report ORDER BY identity",
        "SELECT 'recipient|' || hex(r.identity) || '|' || address_key || '|' || scope FROM report_recipient JOIN "
        "report AS r USING "
        "(message_id) ORDER BY r.identity, address_key, scope",
        "SELECT 'bounce|' || hex(digest) || '|' || ordinal || '|' || address_key || '|' || action || '|' || status || "
        "'|' || provider || '|' || category || '|' || list || '|' || code || '|' || source_ip || '|' || host || '|' || "
        "proof || '|' || rule || '|' || text FROM bounce JOIN message ON id = message_id ORDER BY digest, ordinal",
        "SELECT 'bounced-suppressed|' || hex(digest) || '|' || address_key FROM report_recipient AS p JOIN message ON "
        "id = message_id WHERE NOT EXISTS (SELECT 1 FROM report AS r WHERE r.message_id = p.message_id) ORDER BY "
        "digest, address_key",
        "SELECT 'complaints|' || counted_by || '|' || name || '|' || arrival_day || '|' || report_day || '|' || "
        "reports || '|' || complaints || '|' || attributed || '|' || unverified "
        "FROM complaint_count ORDER BY counted_by, name, arrival_day, report_day",
        "SELECT 'outcomes|' || feed || '|' || disposition || '|' || sum(messages) FROM outcome_count GROUP BY feed, "
        "disposition ORDER BY 1",
        "SELECT 'feed|' || feed || '|' || sum(reports) || '|' || sum(complaints) || '|' || sum(attributed) || '|' || "
        "sum(unverified) || '|' || sum(tokens_opened) || '|' || sum(tokens_refused) FROM feed_day GROUP BY feed ORDER "
        "BY feed",
        "SELECT 'quarantine|' || hex(digest) || '|' || reason FROM quarantine JOIN message ON id = message_id ORDER BY "
        "digest",
        "SELECT 'held|' || hex(digest) || '|' || reason || '|' || (SELECT group_concat(person_key, ' ') FROM "
        "held_person AS "
        "p WHERE p.message_id = held.message_id) FROM held JOIN message ON id = message_id ORDER BY digest",
        "SELECT 'sent-evidence|' || hex(digest) || '|' || asked_for || '|' || recipient FROM sent_evidence JOIN "
        "message ON "
        "id = message_id ORDER BY 1",
        "SELECT 'review|' || hex(digest) || '|' || decision FROM review_decision JOIN message ON id = message_id ORDER "
        "BY "
        "digest",
        "SELECT 'decision|' || address_key || '|' || scope || '|' || decision || '|' || reason || '|' || note || '|' "
        "|| "
        "sticky || '|' || coalesce(expires_at, '-') FROM suppression_decision ORDER BY address_key, scope, turn",
        "SELECT 'traffic|' || source || '|' || day || '|' || source_ip || '|' || provider || '|' || domain || '|' || "
        "list || "
        "'|' || campaign || '|' || attempted || '|' || accepted || '|' || deferred || '|' || rejected FROM "
        "traffic_count "
        "ORDER BY provider, source_ip, day, domain, list, campaign, source",
        "SELECT 'dns|' || question || '|' || outcome || '|' || replace(content, char(10), ' ') FROM dns_answer ORDER "
        "BY question",
        "SELECT 'dns-listing|' || zone || '|' || subject FROM dns_listing ORDER BY zone, subject",
        "SELECT 'gate|' || ip || '|' || list || '|' || first_at || '|' || at || '|' || outcome FROM gate_decision "
        "ORDER "
        "BY ip, list, first_at",
        "SELECT 'dropped|' || hex(digest) FROM quarantine_decision JOIN message ON id = message_id ORDER BY digest",
        "SELECT 'request|' || list || '|' || networks || '|' || door || '|' || sent_at || '|' || note FROM "
        "delist_request ORDER BY 1",
        "SELECT 'request-event|' || list || '|' || r.networks || '|' || sent_at || '|' || kind || '|' || at || '|' || "
        "e.networks || '|' || ticket || '|' || outcome || '|' || e.note FROM delist_event AS e JOIN delist_request AS "
        "r ON "
        "r.id = request_id ORDER BY 1",
        "SELECT 'cause|' || networks || '|' || at || '|' || cause || '|' || fix FROM block_cause ORDER BY 1",
        "SELECT 'trial|' || address_key || '|' || at FROM feed_trial ORDER BY address_key, at",
        "SELECT 'answer|' || hex(digest) || '|' || at || '|' || ticket || '|' || verdict || '|' || why FROM "
        "support_answer JOIN message ON id = message_id ORDER BY digest",
        "SELECT 'finding|' || hex(digest) || '|' || turn || '|' || outcome || '|' || networks FROM support_finding "
        "JOIN message ON id = message_id ORDER BY digest, turn",
        "SELECT 'answer-read|' || hex(digest) FROM support_answer_read JOIN message ON id = message_id ORDER BY digest",
        "SELECT 'snds-answer|' || hex(digest) || '|' || source || '|' || kind || '|' || coalesce(day, '-') || '|' || "
        "refused || '|' || drifted FROM snds_answer ORDER BY digest",
        "SELECT 'snds-day|' || day || '|' || ip || '|' || source || '|' || period_start || '|' || period_end || '|' || "
        "rcpt_commands || '|' || data_commands || '|' || message_recipients || '|' || filter_result || '|' || "
        "coalesce(rate_lower || '-' || rate_upper, '-') || '|' || coalesce(trap_hits, '-') || '|' || sample_helo || "
        "'|' || sample_mail_from || '|' || comments FROM snds_day ORDER BY day, ip, source",
        "SELECT 'snds-status|' || source || '|' || first_ip || '|' || last_ip || '|' || blocked || '|' || details FROM "
        "snds_status ORDER BY 1",
        "SELECT 'snds-asked|' || day || '|' || source || '|' || outcome FROM snds_asked ORDER BY day, source",
    };
    connection_->translated("dump the database", [&] {
        for (const char* query : queries) {
            std::string line;
            soci::statement select = (connection_->sql.prepare << query, soci::into(line));
            select.execute();
            while (select.fetch())
                each(line);
        }
    });
    constexpr util::Seconds before_all_ends = 0;
    for_each_suppression(before_all_ends, [&](const domain::Suppression& one) {
        each("suppression|" + one.key + "|" + one.scope.text() + "|" + std::to_string(one.reports) + "|" +
             std::to_string(one.complaints) + "|" + std::to_string(one.unsubscribes) + "|" + (one.active ? "1" : "0"));
    });
    dump_send_log(options(), each);
}

} // namespace jmrp::store

#include "store/forget.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "store/connection.hpp"
#include "store/forgotten.hpp"
#include "store/locks.hpp"
#include "store/send_log.hpp"
#include "store/send_log_file.hpp"
#include "store/stamped.hpp"
#include "store/suppression_sum.hpp"
#include "util/compress.hpp"
#include "util/digest.hpp"
#include "util/text.hpp"

namespace jmrp::store {

namespace {

constexpr std::size_t largest_message = std::size_t{1} << 30U;

std::string salt_of(const Sqlite& database) {
    Statement make(database, "INSERT INTO meta (name, value) VALUES ('salt', randomblob(32)) ON CONFLICT DO NOTHING");
    make.step();
    Statement read(database, "SELECT value FROM meta WHERE name = 'salt'");
    return read.step() ? std::string(read.text(0)) : std::string();
}

bool has_rows(const Sqlite& database, const char* table) {
    Statement ask(database, "SELECT EXISTS (SELECT 1 FROM " + std::string(table) + ")");
    return ask.step() && ask.number(0) != 0;
}

} // namespace

ForgottenRows::ForgottenRows(const Sqlite& database)
    : database_(database), any_(has_rows(database, "forgotten")),
      select_(database, "SELECT scope, reason FROM forgotten WHERE hash = ?1 ORDER BY scope") {
    if (any_)
        salt_ = salt_of(database);
}

std::string ForgottenRows::digest_of(std::string_view key) const {
    return as_bytes(util::digest("forgotten", salt_ + std::string(key)));
}

std::vector<domain::Suppression> ForgottenRows::find(std::string_view key) {
    std::vector<domain::Suppression> out;
    const std::string digest = digest_of(key);
    for (select_.bind_blob(1, digest); select_.step();) {
        domain::Suppression one;
        one.key = one.person = key;
        one.scope = domain::parse_scope(select_.text(0)).value_or(domain::Scope{});
        one.reason = domain::from_text<domain::Reason>(select_.text(1)).value_or(domain::Reason::manual);
        one.active = true;
        out.push_back(std::move(one));
    }
    return out;
}

void ForgottenRows::add(const domain::Suppression& suppression, util::Seconds now) {
    if (salt_.empty())
        salt_ = salt_of(database_);
    any_ = true;
    const std::string digest = digest_of(suppression.key);
    const std::string scope = suppression.scope.key();
    Statement insert(database_,
                     "INSERT INTO forgotten (hash, scope, reason, since) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO "
                     "NOTHING");
    insert.bind_blob(1, digest).bind(2, scope).bind(3, to_text(suppression.reason)).bind(4, now).step();
}

namespace {

/// How the address stands in mails: as it is, in a return path, in a URI.
std::vector<std::string> spellings_of(const domain::Person& person) {
    const auto* address = std::get_if<domain::Address>(&person);
    if (!address)
        return {};
    std::vector<std::string> out;
    for (const char* at : {"@", "=", "%40"})
        out.push_back(util::lower(address->local) + at + address->domain);
    return out;
}

bool names(std::string_view bytes, const std::vector<std::string>& spellings) {
    const std::string text = util::lower(bytes);
    return std::ranges::any_of(spellings, [&](const std::string& one) { return text.find(one) != std::string::npos; });
}

std::set<std::int64_t> messages_about(const Sqlite& database, const std::string& key,
                                      const std::vector<std::string>& spellings) {
    std::set<std::int64_t> out;
    Statement named(database, "SELECT message_id FROM report_recipient WHERE address_key = ?1 "
                              "UNION SELECT message_id FROM held_person WHERE person_key = ?1 "
                              "UNION SELECT message_id FROM bounce WHERE address_key = ?1 "
                              "UNION SELECT message_id FROM sent_evidence WHERE lower(recipient) = ?1");
    for (named.bind(1, key); named.step();)
        out.insert(named.number(0));
    if (spellings.empty())
        return out;
    Statement raw(database, "SELECT r.message_id, r.zstd, m.envelope FROM message_raw AS r JOIN message AS m ON m.id = "
                            "r.message_id");
    while (raw.step())
        if (!out.contains(raw.number(0)) &&
            (names(util::decompress(std::string(raw.text(1)), largest_message), spellings) ||
             names(raw.text(2), spellings)))
            out.insert(raw.number(0));
    return out;
}

/// Its bytes go, its counts stay. One that is not settled yet counts nothing and goes altogether.
void strip(const Sqlite& database, const std::set<std::int64_t>& messages) {
    Statement mark(database,
                   "INSERT INTO forgotten_message (message_id) SELECT ?1 WHERE EXISTS (SELECT 1 FROM outcome WHERE "
                   "message_id = ?1) ON CONFLICT DO NOTHING");
    Statement report(
        database,
        "UPDATE report SET original_mail_from = substr(original_mail_from, instr(original_mail_from, '@') + 1), "
        "reported_message_id = NULL WHERE message_id = ?1");
    Statement answer(database, "UPDATE support_answer SET why = '' WHERE message_id = ?1");
    Statement message(database, "UPDATE message SET envelope = '', origin = '' WHERE id = ?1");
    for (const std::int64_t id : messages) {
        for (Statement* one : {&mark, &report, &answer, &message})
            one->bind(1, id).step();
        for (const char* table :
             {"message_raw", "unsettled", "dkim_wanted", "quarantine", "held", "held_person", "bounce_unproven"}) {
            Statement remove(database, "DELETE FROM " + std::string(table) + " WHERE message_id = ?1");
            remove.bind(1, id).step();
        }
    }
}

void erase_rows(const Sqlite& database, const std::string& key) {
    for (const char* condition :
         {"suppression_decision WHERE address_key = ?1", "report_recipient WHERE address_key = ?1",
          "held_person WHERE person_key = ?1", "suppression_change WHERE address_key = ?1",
          "suppressed_before WHERE address_key = ?1", "feed_trial WHERE address_key = ?1",
          "sent_evidence WHERE lower(recipient) = ?1"}) {
        Statement remove(database, "DELETE FROM " + std::string(condition));
        remove.bind(1, key).step();
    }
}

/// A refusal goes on to count, whoever was to get the mail.
void forget_in_bounces(const Sqlite& database, const std::string& key) {
    Statement clear(database, "UPDATE bounce SET address_key = '' WHERE address_key = ?1");
    clear.bind(1, key).step();
}

/// A sample of a sender that SNDS show may be a return path that names its recipient.
void forget_in_snds(const Sqlite& database, const std::vector<std::string>& spellings) {
    Statement clear(database, "UPDATE snds_day SET sample_mail_from = '' WHERE sample_mail_from = ?1");
    Statement remove(database, "DELETE FROM snds_answer WHERE id = ?1");
    std::set<std::string> senders;
    Statement rows(database, "SELECT DISTINCT sample_mail_from FROM snds_day");
    while (rows.step())
        if (names(rows.text(0), spellings))
            senders.emplace(rows.text(0));
    for (const std::string& sender : senders)
        clear.bind(1, sender).step();
    std::set<std::int64_t> answers;
    Statement raw(database, "SELECT id, zstd FROM snds_answer");
    while (raw.step())
        if (names(util::decompress(std::string(raw.text(1)), largest_message), spellings))
            answers.insert(raw.number(0));
    for (const std::int64_t id : answers)
        remove.bind(1, id).step();
}

/// Pages that were freed long ago still hold what was in them.
void write_anew(Sqlite& database) {
    database.run("VACUUM");
    database.shorten_log(0);
}

void forget_in_send_log(const Options& options, const std::string& key) {
    const std::filesystem::path path = send_log_path(options.path);
    if (::access(path.c_str(), F_OK) != 0)
        return;
    Sqlite database(path, Sqlite::Access::write, options.busy_timeout_ms, send_log_id, send_log_version);
    Statement remove(database, "DELETE FROM sent WHERE lower(recipient) = ?1");
    remove.bind(1, key).step();
    write_anew(database);
}

void forget_stamped(const Options& options, const std::string& key) {
    const std::filesystem::path path = stamped_path(options.path);
    if (::access(path.c_str(), F_OK) != 0)
        return;
    Sqlite database(path, Sqlite::Access::write, options.busy_timeout_ms, stamped_id, stamped_version);
    std::vector<std::pair<std::int64_t, std::string>> changed;
    Statement rows(database, "SELECT id, recipients FROM stamped WHERE instr(lower(recipients), ?1)");
    for (rows.bind(1, key); rows.step();) {
        std::string others;
        for (const std::string_view line : util::split(rows.text(1), '\n'))
            if (util::lower(line) != key)
                others += (others.empty() ? "" : "\n") + std::string(line);
        changed.emplace_back(rows.number(0), std::move(others));
    }
    Statement update(database, "UPDATE stamped SET recipients = ?2 WHERE id = ?1");
    for (const auto& [id, others] : changed)
        update.bind(1, id).bind(2, others).step();
    write_anew(database);
}

} // namespace

Forgotten forget(const Options& options, const domain::Person& person, util::Seconds now) {
    const SettlingLock lock(options.path, true); // nobody has one of these messages in his hands
    Forgotten out;
    const std::string key = domain::key_of(person);
    Sqlite database(options.path, Sqlite::Access::write, options.busy_timeout_ms, application_id, schema_version);
    database.run("PRAGMA foreign_keys = ON");
    database.in_transaction([&] {
        SuppressionSum sum(database, now);
        ForgottenRows forgotten(database);
        domain::Suppression one;
        for (sum.begin(key); sum.next(one);)
            if (one.active) {
                forgotten.add(one, now);
                ++out.scopes;
            }
        const std::set<std::int64_t> messages = messages_about(database, key, spellings_of(person));
        out.messages = static_cast<std::int64_t>(messages.size());
        strip(database, messages);
        erase_rows(database, key);
        forget_in_bounces(database, key);
        forget_in_snds(database, spellings_of(person));
    });
    write_anew(database);
    forget_in_send_log(options, key);
    forget_stamped(options, key);
    return out;
}

} // namespace jmrp::store

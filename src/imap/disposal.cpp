#include "imap/disposal.hpp"

#include <algorithm>

#include "imap/command.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace jmrp::imap {

using domain::Afterwards;

namespace {

/// In one command: its line stays short enough for every server.
constexpr std::size_t most_at_once = 500;

} // namespace

Disposal::Disposal(Session& session, const domain::Mailbox& mailbox, const Selected& folder)
    : session_(session), mailbox_(mailbox), afterwards_(mailbox.afterwards) {
    const std::string name = Session::in_quotes(mailbox.folder);
    if (afterwards_ != Afterwards::leave && folder.read_only)
        throw util::Fault(util::FaultKind::configuration, "work on the folder " + name + " at " + session.place(),
                          "it may only be read", "get the rights to change it, or set 'after' = \"leave\"");
    if (afterwards_ == Afterwards::flag && (!is_flag(mailbox.keyword) || !folder.keeps(mailbox.keyword))) {
        util::log(util::LogLevel::warning, "messages of the folder " + name + " at " + session.place() +
                                               " are not flagged: it does not keep the flag " +
                                               Session::in_quotes(mailbox.keyword) +
                                               " (another 'keyword', or 'after' = \"leave\")");
        afterwards_ = Afterwards::leave;
    }
}

bool Disposal::done(const Response& status, std::string_view attempt) {
    if (status.kind == Response::Kind::ok)
        return true;
    util::log(util::LogLevel::warning, "cannot " + std::string(attempt) + " at " + session_.place() + ": " +
                                           Session::quote(status) +
                                           " (the messages are kept here; the next poll tries it again)");
    refused_ = true;
    return false;
}

std::vector<std::uint32_t> Disposal::left_over(std::uint32_t last_uid) {
    if (last_uid == 0 || afterwards_ == Afterwards::leave)
        return {};
    const std::string known = "UID 1:" + std::to_string(last_uid);
    if (afterwards_ == Afterwards::flag)
        return session_.search(known + " " + without_flag(mailbox_.keyword));
    if (!session_.can("MOVE")) {
        // What is marked was copied already.
        if (const auto marked = session_.search(known + " DELETED"); !marked.empty())
            expunge(marked);
        return session_.search(known + " UNDELETED");
    }
    return session_.search(known);
}

std::vector<std::uint32_t> Disposal::larger_than(Uids uids, std::size_t bytes) {
    std::vector<std::uint32_t> larger;
    for (; !uids.empty(); uids = uids.subspan(std::min(uids.size(), most_at_once))) {
        const Uids group = uids.first(std::min(uids.size(), most_at_once));
        const Response status =
            session_.run("UID FETCH " + sequence_set(group) + " (UID RFC822.SIZE)", [&](Response& response) {
                const auto fetched = response.name == "FETCH" ? fetched_of(response) : std::nullopt;
                if (fetched && fetched->size.value_or(0) > bytes &&
                    std::binary_search(group.begin(), group.end(), fetched->uid))
                    larger.push_back(fetched->uid);
            });
        if (status.kind != Response::Kind::ok)
            throw session_.fault("ask for sizes", Session::quote(status));
    }
    std::sort(larger.begin(), larger.end());
    larger.erase(std::unique(larger.begin(), larger.end()), larger.end());
    return larger;
}

void Disposal::dispose(Uids uids, bool oversized) {
    for (; !uids.empty() && !refused_; uids = uids.subspan(std::min(uids.size(), most_at_once))) {
        const Uids group = uids.first(std::min(uids.size(), most_at_once));
        if (afterwards_ == Afterwards::leave)
            return;
        if (oversized) // of which only the beginning is here
            move(group, mailbox_.oversized);
        else if (afterwards_ == Afterwards::move)
            move(group, mailbox_.archive);
        else if (afterwards_ == Afterwards::erase)
            erase(group);
        else
            done(session_.run("UID STORE " + sequence_set(group) + " +FLAGS.SILENT (" + mailbox_.keyword + ")"),
                 "set the flag " + Session::in_quotes(mailbox_.keyword));
    }
}

void Disposal::move(Uids uids, const std::string& folder) {
    const std::string attempt = "move messages to the folder " + Session::in_quotes(folder);
    if (ensured_.find(folder) == ensured_.end()) {
        if (const auto refusal = session_.ensure_folder(folder)) {
            done(*refusal, "make the folder " + Session::in_quotes(folder));
            return;
        }
        ensured_.insert(folder);
    }
    const std::string command = session_.can("MOVE") ? "UID MOVE " : "UID COPY ";
    const std::string target = " " + quoted_string(session_.wire_name(folder));
    std::vector<std::uint32_t> there(uids.begin(), uids.end());
    while (true) {
        const Response status = session_.run(command + sequence_set(there) + target);
        if (status.kind == Response::Kind::ok)
            break;
        // Some servers do nothing where another client took one of them.
        auto still_there = session_.search("UID " + sequence_set(there));
        if (still_there.empty())
            return;
        if (still_there.size() >= there.size()) {
            done(status, attempt);
            return;
        }
        there = std::move(still_there);
    }
    if (!session_.can("MOVE"))
        erase(there);
}

void Disposal::erase(Uids uids) {
    if (done(session_.run("UID STORE " + sequence_set(uids) + " +FLAGS.SILENT (\\Deleted)"),
             "mark messages as deleted"))
        expunge(uids);
}

void Disposal::expunge(Uids uids) {
    if (session_.can("UIDPLUS")) {
        done(session_.run("UID EXPUNGE " + sequence_set(uids)), "remove messages");
        return;
    }
    // EXPUNGE takes everything that is marked, also what somebody else marked and may want back.
    marked_.insert(uids.begin(), uids.end());
    const auto marked = session_.search("DELETED");
    if (std::all_of(marked.begin(), marked.end(), [&](std::uint32_t uid) { return marked_.count(uid) > 0; }))
        done(session_.run("EXPUNGE"), "remove messages");
    else if (!std::exchange(told_of_others_, true))
        util::log(util::LogLevel::warning,
                  "the messages that are kept stay marked as deleted in the folder " +
                      Session::in_quotes(mailbox_.folder) + " at " + session_.place() +
                      ": somebody else marked some there, too, and the server cannot remove ours alone (no UIDPLUS)");
}

} // namespace jmrp::imap

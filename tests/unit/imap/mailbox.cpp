#include "imap/mailbox.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "support/scripted_channel.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

using namespace jmrp;
using Uids = std::vector<std::uint32_t>;

namespace {

/// One folder of a server, as far as the mailbox asks about it.
struct Server {
    std::map<std::uint32_t, std::string> mails;
    std::set<std::uint32_t> deleted;
    std::string capabilities = "IMAP4rev1 MOVE UIDPLUS";
    std::string namespaces = "((\"\" \"/\")) NIL NIL";
    std::string permanent = "\\Seen \\Deleted \\*";
    std::string select = "TAG OK [READ-WRITE] done\r\n";
    std::uint32_t uid_validity = 7;
    std::vector<std::string> folders{"INBOX"};
    std::map<std::string, std::string> answers; ///< to commands that begin like that, in place of the usual one
    std::size_t chunk = 50;
    std::atomic<bool> stop = false;

    std::vector<std::string> said; ///< all commands
    domain::Mailbox mailbox;
    domain::FolderPosition position;
    std::vector<std::string> events; ///< commands that change something, and "position" where that was kept

    std::string answer(const std::string& command) {
        said.push_back(command);
        for (const char* changing : {"UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE", "EXPUNGE", "CREATE"})
            if (command.rfind(changing, 0) == 0)
                events.push_back(command);
        for (const auto& [start, text] : answers)
            if (command.rfind(start, 0) == 0)
                return text;
        const auto is = [&](std::string_view name) { return command.rfind(name, 0) == 0; };
        if (is("CAPABILITY"))
            return "* CAPABILITY " + capabilities + "\r\nTAG OK\r\n";
        if (is("NAMESPACE"))
            return "* NAMESPACE " + namespaces + "\r\nTAG OK\r\n";
        if (is("SELECT") || is("EXAMINE"))
            return "* " + std::to_string(mails.size()) + " EXISTS\r\n* OK [UIDVALIDITY " +
                   std::to_string(uid_validity) + "] is\r\n* OK [PERMANENTFLAGS (" + permanent + ")] are\r\n" + select;
        if (is("LIST"))
            return list();
        if (is("UID SEARCH"))
            return search(command.substr(11));
        if (is("UID FETCH"))
            return fetch(set_of(command.substr(10)));
        for (const auto uid : is("UID") ? set_of(command.substr(command.find(' ', 4) + 1)) : Uids{}) {
            if (is("UID STORE"))
                deleted.insert(uid);
            if (is("UID MOVE") || is("UID EXPUNGE"))
                mails.erase(uid);
        }
        if (is("EXPUNGE"))
            for (const auto uid : deleted)
                mails.erase(uid);
        return "TAG OK done\r\n";
    }

    std::string list() const {
        std::string out;
        for (const std::string& folder : folders)
            out += "* LIST () \"/\" \"" + folder + "\"\r\n";
        return out + "TAG OK\r\n";
    }

    std::string search(const std::string& keys) const {
        std::string out = "* SEARCH";
        const bool all = keys.rfind("UID ", 0) != 0;
        for (const auto& [uid, mail] : mails) {
            const bool in = all || std::ranges::count(set_of(keys.substr(4)), uid) > 0;
            const bool marked = deleted.count(uid) > 0;
            if (in && (keys.find("UNDELETED") == std::string::npos || !marked) &&
                (keys.find("DELETED") == std::string::npos || keys.find("UNDELETED") != std::string::npos || marked))
                out += " " + std::to_string(uid);
        }
        return out + "\r\nTAG OK\r\n";
    }

    /// Those of the mails that are in the set at the front of `text`.
    Uids set_of(const std::string& text) const {
        Uids out;
        for (const std::string_view part : util::split(std::string_view(text).substr(0, text.find(' ')), ',')) {
            const auto colon = part.find(':');
            const auto first = util::parse_unsigned(part.substr(0, colon)).value();
            const auto last = colon == std::string_view::npos ? first
                              : part.substr(colon + 1) == "*" ? UINT32_MAX
                                                              : util::parse_unsigned(part.substr(colon + 1)).value();
            for (const auto& [uid, mail] : mails)
                if (uid >= first && uid <= last)
                    out.push_back(uid);
            if (last == UINT32_MAX && !mails.empty() && out.empty())
                out.push_back(mails.rbegin()->first); // as RFC 3501 wants it
        }
        return out;
    }

    std::string fetch(const Uids& uids) const {
        std::string out;
        for (const auto uid : uids) {
            const std::string& mail = mails.at(uid);
            const bool bodies = said.back().find("BODY.PEEK[]") != std::string::npos;
            out += "* 1 FETCH (UID " + std::to_string(uid);
            out += bodies ? " BODY[]<0> {" + std::to_string(mail.size()) + "}\r\n" + mail + ")\r\n"
                          : " RFC822.SIZE " + std::to_string(mail.size()) + ")\r\n";
        }
        return out + "TAG OK\r\n";
    }

    std::size_t count(std::string_view start) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(said, [&](const std::string& one) { return one.rfind(start, 0) == 0; }));
    }

    /// Reads all, acknowledges all, finishes: what a poll does. -> the mails
    std::vector<std::string> poll(bool* refused = nullptr, std::size_t limit = 1000) {
        imap::Session session(
            std::make_unique<test::ScriptedChannel>([&](const std::string& c) { return answer(c); }, chunk),
            "the script", limit + 1, {std::chrono::seconds(1), &stop});
        imap::Mailbox source(session, mailbox, "f", limit, position, [&](const domain::FolderPosition& reached) {
            position = reached;
            events.emplace_back("position");
        });
        std::vector<std::string> out;
        std::vector<std::string> tokens;
        while (const auto message = source.next()) {
            out.push_back(message->bytes + (message->truncated ? "..." : ""));
            tokens.push_back(message->token);
        }
        for (const std::string& token : tokens)
            source.acknowledge(token);
        source.finish();
        if (refused)
            *refused = source.refused();
        return out;
    }
};

using Texts = std::vector<std::string>;

bool fails(util::FaultKind kind, const std::function<void()>& work, std::string_view text = "the script") {
    try {
        work();
    } catch (const util::Fault& fault) {
        INFO(fault.what());
        CHECK(std::string(fault.what()).find(text) != std::string::npos);
        return fault.kind() == kind;
    }
    return false;
}

} // namespace

TEST_CASE("imap: a mailbox gives all, and moves it when its position is kept") {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
        Server server;
        server.chunk = chunk;
        server.mails = {{3, "three"}, {5, std::string("\0\r\n)\r\n\xff\r", 8)}, {6, "* BYE\r\n"}};
        CHECK(server.poll() == Texts{"three", std::string("\0\r\n)\r\n\xff\r", 8), "* BYE\r\n"});
        CHECK(server.mails.empty());
        CHECK(server.position == domain::FolderPosition{7, 6, {}});
        REQUIRE(server.events.size() >= 3);
        CHECK(server.events[server.events.size() - 3] == "position");
        CHECK(server.events.back() == "UID MOVE 3,5:6 \"jmrp\"");
        CHECK(server.poll().empty());
    }
}

TEST_CASE("imap: what is kept already is moved and not asked for again") {
    Server server;
    server.mails = {{3, "three"}, {5, "five"}, {9, "nine"}};
    server.position = {7, 5, {}};
    CHECK(server.poll() == Texts{"nine"});
    CHECK(server.mails.empty());
    CHECK(server.count("UID FETCH 9 (UID BODY.PEEK[]") == 1);
}

TEST_CASE("imap: under another UIDVALIDITY all is read again") {
    Server server;
    server.mails = {{3, "three"}};
    server.position = {6, 900, {2}};
    CHECK(server.poll() == Texts{"three"});
    CHECK(server.position == domain::FolderPosition{7, 3, {}});
}

TEST_CASE("imap: 'leave' changes nothing on the server and reads nothing twice") {
    Server server;
    server.mailbox.afterwards = domain::Afterwards::leave;
    server.mails = {{3, "three"}, {4, "four"}};
    CHECK(server.poll().size() == 2);
    CHECK(server.poll().empty()); // the search for "5:*" finds 4
    CHECK(server.count("SELECT") == 0);
    CHECK(server.events == Texts{"position"});
}

TEST_CASE("imap: a mail that the server refuses holds up nobody and is asked for again") {
    Server server;
    server.mails = {{1, "one"}, {2, "two"}, {3, "three"}};
    server.answers["UID FETCH 1:3 "] =
        "* 1 FETCH (UID 1 BODY[]<0> {3}\r\none)\r\nTAG NO [SERVERBUG] \033[2J broken\r\n";
    server.answers["UID FETCH 2 "] = "TAG NO broken\r\n";
    bool refused = false;
    CHECK(server.poll(&refused) == Texts{"one", "three"});
    CHECK(refused);
    CHECK(server.position == domain::FolderPosition{7, 3, {2}});
    CHECK(server.mails.size() == 1); // it is neither moved nor lost
    CHECK(server.poll(&refused).empty());
    CHECK(server.mails.size() == 1);
    server.answers.clear();
    server.mails[4] = "four";
    CHECK(server.poll(&refused) == Texts{"four", "two"}); // what failed once comes last
    CHECK_FALSE(refused);
    CHECK(server.position == domain::FolderPosition{7, 4, {}});
    CHECK(server.mails.empty());
}

TEST_CASE("imap: what is passed over is gone, or it is refused") {
    Server server;
    server.mails = {{1, "one"}, {2, "two"}, {3, "three"}};
    server.answers["UID FETCH 1:3 "] =
        "* 1 FETCH (UID 1 BODY[]<0> {3}\r\none)\r\n* 3 FETCH (UID 3 BODY[]<0> NIL)\r\nTAG OK\r\n";
    server.answers["UID SEARCH UID 2:3"] = "* SEARCH 3\r\nTAG OK\r\n"; // somebody took 2
    CHECK(server.poll() == Texts{"one"});
    CHECK(server.position == domain::FolderPosition{7, 3, {3}});
}

TEST_CASE("imap: answers that nobody asked for are no mails") {
    Server server;
    server.mails = {{1, "one"}};
    server.answers["UID FETCH 1 "] =
        "* 5 FETCH (UID 9 BODY[] \"other\")\r\n* 1 FETCH (FLAGS () UID 1)\r\n* 2 EXISTS\r\n* 1 FETCH (UID 1 BODY[] "
        "\"one\")\r\n* 1 FETCH (UID 1 BODY[] \"again\")\r\nTAG OK\r\n";
    CHECK(server.poll() == Texts{"one"});
}

TEST_CASE("imap: a connection that is lost gives what came, keeps the position and says so") {
    Server server;
    server.mails = {{1, "one"}, {2, "two"}, {3, "three"}};
    server.answers["UID FETCH 1:3 "] = "* 1 FETCH (UID 1 BODY[]<0> {3}\r\none)\r\n* 2 FETCH (UID 2 BODY[]<0> {3}\r\ntw";
    CHECK(fails(util::FaultKind::network, [&] { server.poll(); }));
    CHECK(server.position == domain::FolderPosition{7, 1, {}});
    CHECK(server.count("UID MOVE") == 0);
    server.answers.clear();
    CHECK(server.poll() == Texts{"two", "three"});
    CHECK(server.mails.empty()); // 1 as well
}

TEST_CASE("imap: a mail that ends the connection each time holds up no other for long") {
    Server server;
    server.mails = {{1, "one"}, {2, "two"}, {3, "three"}};
    server.answers["UID FETCH 1:3 "] = "";
    CHECK(fails(util::FaultKind::network, [&] { server.poll(); }));
    CHECK(server.position == domain::FolderPosition{7, 1, {1}});
    server.answers["UID FETCH 1 "] = "";
    CHECK(fails(util::FaultKind::network, [&] { server.poll(); }));
    CHECK(server.position == domain::FolderPosition{7, 3, {1}});
    server.answers.clear();
    CHECK(server.poll() == Texts{"one"});
    CHECK(server.mails.empty());
}

TEST_CASE("imap: a mail beyond the limit is cut and goes to its own folder") {
    for (const auto after : {domain::Afterwards::move, domain::Afterwards::erase, domain::Afterwards::flag}) {
        Server server;
        server.mailbox.afterwards = after;
        server.mails = {{1, "0123456789"}, {2, "0123456789+"}};
        CHECK(server.poll(nullptr, 10) == Texts{"0123456789", "0123456789..."});
        CHECK(std::ranges::count(server.events, "UID MOVE 2 \"jmrp-oversized\"") == 1);
    }
    Server server; // also where a former poll was killed in between
    server.mails = {{1, "0123456789"}, {2, "0123456789+"}};
    server.position = {7, 2, {}};
    server.poll(nullptr, 10);
    CHECK(std::ranges::count(server.events, "UID MOVE 1 \"jmrp\"") == 1);
    CHECK(std::ranges::count(server.events, "UID MOVE 2 \"jmrp-oversized\"") == 1);
}

TEST_CASE("imap: without MOVE a mail is copied once, marked and expunged") {
    Server server;
    server.capabilities = "IMAP4rev1 UIDPLUS";
    server.folders.emplace_back("jmrp");
    server.mails = {{1, "one"}, {2, "two"}};
    server.poll();
    CHECK(server.events ==
          Texts{"position", "UID COPY 1:2 \"jmrp\"", "UID STORE 1:2 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 1:2"});
    server.events.clear();
    server.mails = {{1, "one"}, {2, "two"}}; // 1 was marked before the former poll was killed, 2 not yet copied
    server.deleted = {1};
    server.poll();
    CHECK(server.events ==
          Texts{"UID EXPUNGE 1", "UID COPY 2 \"jmrp\"", "UID STORE 2 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 2"});
}

TEST_CASE("imap: without UIDPLUS nothing that others marked is expunged") {
    Server server;
    server.capabilities = "IMAP4rev1";
    server.mailbox.afterwards = domain::Afterwards::erase;
    server.mails = {{1, "one"}, {2, "two"}};
    server.poll();
    CHECK(server.events.back() == "EXPUNGE");
    server.events.clear();
    server.mails = {{3, "three"}, {4, "a person's"}};
    server.answers["UID SEARCH DELETED"] = "* SEARCH 3 4 5\r\nTAG OK\r\n";
    server.poll();
    CHECK(std::ranges::count(server.events, "EXPUNGE") == 0);
}

TEST_CASE("imap: the archive is made below the person's own namespace") {
    Server server;
    server.capabilities += " NAMESPACE";
    server.namespaces = "((\"INBOX.\" \".\")) NIL ((\"shared.\" \".\"))";
    server.mailbox.archive = "Gr\xC3\xB6\xC3\x9F"
                             "e";
    server.mails = {{1, "one"}};
    server.poll();
    CHECK(server.events == Texts{"position", "CREATE \"INBOX.Gr&APYA3w-e\"", "UID MOVE 1 \"INBOX.Gr&APYA3w-e\""});
    CHECK(server.count("SUBSCRIBE \"INBOX.Gr&APYA3w-e\"") == 1);
}

TEST_CASE("imap: a refusal to move is told, kept mails stay, and the next poll moves them") {
    Server server;
    server.mails = {{1, "one"}};
    server.answers["UID MOVE"] = "TAG NO [OVERQUOTA] full\r\n";
    bool refused = false;
    CHECK(server.poll(&refused) == Texts{"one"});
    CHECK(refused);
    CHECK(server.position.last_uid == 1);
    server.answers.clear();
    CHECK(server.poll(&refused).empty());
    CHECK_FALSE(refused);
    CHECK(server.mails.empty());
}

TEST_CASE("imap: a flag that the server does not keep is told once, and nothing is read twice") {
    Server server;
    server.mailbox.afterwards = domain::Afterwards::flag;
    server.permanent = "\\Seen";
    server.mails = {{1, "one"}};
    CHECK(server.poll().size() == 1);
    CHECK(server.poll().empty());
    CHECK(server.count("UID STORE") == 0);
}

TEST_CASE("imap: a folder that is not there is told with those that are") {
    Server server;
    server.mailbox.folder = "complaints";
    server.folders = {"INBOX", "Entw&APw-rfe", "evil\033[2J"};
    server.answers["SELECT"] = "TAG NO no\r\n";
    CHECK(fails(
        util::FaultKind::not_found, [&] { server.poll(); }, "\"INBOX\", \"Entwürfe\", \"evil\\x1b[2J\""));
    server.mailbox.folder = "INBOX"; // it is there: the server has another reason
    CHECK(fails(util::FaultKind::network, [&] { server.poll(); }));
}

TEST_CASE("imap: a folder that may only be read is none to move mail from") {
    Server server;
    server.select = "TAG OK [READ-ONLY] done\r\n";
    CHECK(fails(
        util::FaultKind::configuration, [&] { server.poll(); }, "leave"));
}

TEST_CASE("imap: what is no answer ends the session as trouble of the network") {
    for (const char* said : {"junk\r\n", "* SEARCH 1 x\r\nTAG OK\r\n", "TAG BAD what\r\n", "* BYE \033[2J\r\n", ""}) {
        Server server;
        server.mails = {{1, "one"}};
        server.answers["UID SEARCH"] = said;
        CHECK(fails(util::FaultKind::network, [&] { server.poll(); }));
    }
}

TEST_CASE("imap: at a stop what is acknowledged is brought to its end and nothing more") {
    Server server;
    for (std::uint32_t uid = 1; uid <= 300; ++uid)
        server.mails[uid] = "mail";
    imap::Session session(
        std::make_unique<test::ScriptedChannel>([&](const std::string& c) { return server.answer(c); }), "the script",
        100, {std::chrono::seconds(1), &server.stop});
    imap::Mailbox source(session, server.mailbox, "f", 99, {}, [&](const auto& reached) { server.position = reached; });
    CHECK(source.position().total == 300);
    const auto first = source.next();
    source.next();
    server.stop = true;
    source.acknowledge(first->token);
    source.finish();
    CHECK(server.position == domain::FolderPosition{7, 1, {}});
    CHECK(server.mails.size() == 299);
}

// [feed.NAME]: where the mail of a feed waits. What else stands there are the rows of config_rules.cpp, for this feed alone.
#include <algorithm>
#include <array>

#include "cli/config_rows.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using domain::Afterwards;
using domain::Mailbox;
using domain::SecretSource;

constexpr std::string_view with_tls = "imaps://";
constexpr std::string_view with_starttls = "imap://";

/// Whatever else is wrong with it: a password that stands there is not repeated.
std::string read_url(const std::string& text) {
    std::string_view scheme;
    for (const std::string_view one : {with_tls, with_starttls})
        if (util::starts_with_ignoring_case(text, one))
            scheme = one;
    if (scheme.empty())
        throw std::string("it begins with imaps:// or imap://");
    std::string_view rest = std::string_view(text).substr(scheme.size());
    if (rest.find('@') != std::string_view::npos)
        throw std::string("it holds no user and no password: 'user' names the one, and secret_file, secret_command or "
                          "secret_env says where the other is found");
    if (rest.find_first_of("/?#") != std::string_view::npos)
        throw std::string("nothing follows the host and its port: 'folder' names the folder");
    return std::string(scheme) + read_authority(rest);
}

std::string read_folder(const std::string& text) {
    if (text.empty())
        throw std::string("it is empty");
    return word.read(text);
}

/// RFC 3501 section 9, flag-keyword, and the flags that do no more than mark.
std::string read_keyword(const std::string& text) {
    constexpr std::array<std::string_view, 3> flags = {"\\Flagged", "\\Seen", "\\Answered"};
    if (std::ranges::find(flags, text) != flags.end())
        return text;
    const auto is_atom_char = [](char c) {
        return c > ' ' && c < '\x7F' && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
    };
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_atom_char))
        throw toml_text(text) + " is no keyword of IMAP, and none of \\Flagged, \\Seen and \\Answered";
    return text;
}

const Form<std::string> server_url{read_url, any_text.write};
const Form<std::string> folder_name{read_folder, any_text.write};
const Form<std::string> keyword{read_keyword, any_text.write};

Rows<Mailbox> reaching_rows() {
    return {
        text_row("url",
                 "the server of its mailbox: \"imaps://HOST\", or \"imap://HOST\" with STARTTLS; empty: its "
                 "mail is piped or read from files",
                 &Mailbox::url, server_url),
        flag_row("allow_no_tls", "imap:// to a server on this host may do without STARTTLS", &Mailbox::allow_no_tls),
        path_row("ca_file", "certificates of authorities that are trusted in place of the system's", &Mailbox::ca_file),
        text_row("user", "whose mailbox it is", &Mailbox::user, word),
        names_row("login", "what the secret is: \"password\", or an access token, \"oauthbearer\" or \"xoauth2\"",
                  &Mailbox::login)};
}

Rows<Mailbox> reading_rows() {
    return {
        text_row("folder", "the folder that is read", &Mailbox::folder, folder_name),
        names_row("after",
                  "what becomes of a message that is kept here: \"move\" to the archive, \"flag\" with the keyword, "
                  "\"delete\" or \"leave\"",
                  &Mailbox::afterwards),
        text_row("archive", "the folder that kept messages are moved to", &Mailbox::archive, folder_name),
        text_row("oversized", "the folder for messages beyond limits.message_bytes, of which the first part is kept",
                 &Mailbox::oversized, folder_name),
        text_row("keyword", "what kept messages are flagged with", &Mailbox::keyword, keyword),
        number_row("timeout_seconds", "for how long the server may be silent", 1, 3600, &Mailbox::timeout_seconds),
        number_row("interval_seconds", "the pause between two rounds of 'jmrp poll --watch'", 1, 86'400,
                   &Mailbox::interval_seconds)};
}

domain::Feed& find(Config& config, std::string_view name) {
    return *std::ranges::find(config.feeds, name, &domain::Feed::name);
}

void make(Config& config, const std::string& name) {
    config.feeds.push_back({name, Mailbox{}});
    config.rules.feeds[name] = config.rules; // what [authenticity] and [policy] say holds until it says otherwise
}

bool same_folder(std::string_view a, std::string_view b) {
    return a == b || (util::equal_ignoring_case(a, "INBOX") && util::equal_ignoring_case(b, "INBOX"));
}

/// Why a mailbox like that cannot be read, or null.
const char* what_is_wrong(const Mailbox& mailbox) {
    const SecretSource& secret = mailbox.secret;
    const int secrets = count_secrets(secret);
    const bool moves = mailbox.afterwards == Afterwards::move;
    const std::pair<bool, const char*> rules[] = {
        {mailbox.url.empty(), "a mailbox needs url, such as \"imaps://imap.example.com\""},
        {mailbox.user.empty(), "a mailbox needs user"},
        {secrets == 0, "a mailbox needs one of secret_file, secret_command and secret_env"},
        {secrets > 1, "only one of secret_file, secret_command and secret_env says where the secret is"},
        {mailbox.allow_no_tls && mailbox.url.starts_with(with_tls),
         "allow_no_tls goes with imap://, not with imaps://"},
        {mailbox.allow_no_tls && !is_on_this_host(mailbox.url),
         "allow_no_tls is for a server on this host: to another one the secret would go in the clear"},
        {moves && same_folder(mailbox.archive, mailbox.folder), "archive and folder are the same"},
        {(moves || mailbox.afterwards == Afterwards::flag) && same_folder(mailbox.oversized, mailbox.folder),
         "oversized and folder are the same"},
    };
    for (const auto& [broken, why] : rules)
        if (broken)
            return why;
    return nullptr;
}

void finish(Config& config, std::string_view name) {
    domain::Feed& feed = find(config, name);
    if (feed.mailbox == Mailbox{})
        feed.mailbox.reset();
    if (const char* why = feed.mailbox ? what_is_wrong(*feed.mailbox) : nullptr)
        throw std::string(why);
}

std::vector<std::string> names(const Config& config) {
    std::vector<std::string> out;
    for (const domain::Feed& feed : config.feeds)
        out.push_back(feed.name);
    return out;
}

} // namespace

Rows<domain::Feed> mailbox_rows() {
    Rows<Mailbox> rows = reaching_rows();
    for (Rows<Mailbox>& more : std::array{rows_within(&Mailbox::secret, secret_rows()), reading_rows()})
        rows.insert(rows.end(), more.begin(), more.end());
    Rows<domain::Feed> out;
    for (const Row<Mailbox>& row : rows)
        out.push_back({row.name, row.comment,
                       [=](domain::Feed& feed, const toml::node& node) { row.read(*feed.mailbox, node); },
                       [=](const domain::Feed& feed) { return feed.mailbox ? row.write(*feed.mailbox) : ""; }});
    return out;
}

const SectionOfMany feed_section = {
    "feed",
    "a feed under its name: its mailbox, and what holds for it alone of [authenticity] and [policy]",
    domain::is_feed_name,
    make,
    finish,
    names,
    hint_at_secret,
};

} // namespace jmrp::cli

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "cli/ask.hpp"
#include "cli/commands/commands.hpp"
#include "cli/detect/own_setup.hpp"
#include "cli/output.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/idna.hpp"
#include "util/keyring.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"network", "LIST", "the IP addresses or networks your mail leaves from, with commas between"},
    {"domain", "LIST", "your domains"},
    {"authserv-id", "LIST", "the names your border writes into Authentication-Results; \"none\": it writes none"},
    {"feedback-address", "ADDRESS", "where reports go"},
    {"yes", nullptr, "ask nothing: take what was detected"},
};

domain::AuthenticityRules& authenticity(Config& config) {
    return config.rules.reading.authenticity;
}

std::vector<std::string> words_of(const std::string& list) {
    std::vector<std::string> out;
    if (list == "none")
        return out;
    std::string text = list;
    std::ranges::replace(text, ',', ' ');
    for (const std::string_view word : util::split(text, ' '))
        if (!util::trim(word).empty())
            out.emplace_back(util::trim(word));
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : ", ") + word;
    return out.empty() ? "none" : out;
}

/// One thing to know: an option says it, a person is asked, or what was detected holds.
struct Question {
    const char* option;
    const char* text;
    std::string (*by_default)(const OwnSetup& setup, const Config& config);
    /// Puts the answer into the configuration. Returns why it will not do, or "".
    std::string (*take)(const std::string& answer, Config& config);
};

std::string default_networks(const OwnSetup& setup, const Config&) {
    std::vector<std::string> texts;
    for (const domain::Network& network : setup.networks)
        texts.push_back(network.text());
    return joined(texts);
}

std::string take_networks(const std::string& answer, Config& config) {
    std::vector<domain::Network> networks;
    for (const std::string& word : words_of(answer)) {
        const auto network = domain::parse_network(word);
        if (!network)
            return "'" + word + "' is no IP address or network like 192.0.2.0/24";
        networks.push_back(*network);
    }
    config.rules.reading.own_networks = std::move(networks);
    return {};
}

std::string default_domains(const OwnSetup& setup, const Config&) {
    std::vector<std::string> texts;
    for (const Detected& domain : setup.server.domains)
        texts.push_back(domain.value);
    return joined(texts);
}

std::string take_domains(const std::string& answer, Config& config) {
    std::vector<std::string> domains;
    for (const std::string& word : words_of(answer)) {
        const auto domain = util::domain_to_ascii(word);
        if (!domain || domain->find('.') == std::string::npos)
            return "'" + word + "' is no complete domain name";
        domains.push_back(*domain);
    }
    config.rules.reading.own_domains = std::move(domains);
    return {};
}

std::string default_authserv_ids(const OwnSetup& setup, const Config&) {
    std::vector<std::string> texts;
    for (const Detected& id : setup.border.authserv_ids)
        texts.push_back(id.value);
    return joined(texts);
}

std::string take_authserv_ids(const std::string& answer, Config& config) {
    std::vector<std::string> ids;
    for (const std::string& word : words_of(answer)) {
        if (word.find_first_of("();=\"") != std::string::npos)
            return "'" + word + "' is no name that stands in Authentication-Results";
        ids.push_back(util::lower(word));
    }
    authenticity(config).authserv_ids = std::move(ids);
    return {};
}

std::string default_feedback_address(const OwnSetup&, const Config& config) {
    const auto& domains = config.rules.reading.own_domains;
    return domains.empty() ? "none" : new_feedback_address(domains.front()).text();
}

std::string take_feedback_address(const std::string& answer, Config& config) {
    config.rules.policy.own_addresses.clear();
    authenticity(config).secret_addresses.clear();
    for (const std::string& word : words_of(answer)) {
        const auto address = domain::parse_address(word);
        if (!address)
            return "'" + word + "' is no address";
        config.rules.policy.own_addresses.push_back(*address);
        if (looks_unguessable(address->local))
            authenticity(config).secret_addresses.push_back(*address);
    }
    return {};
}

constexpr Question questions[] = {
    {"network", "IP addresses your mail leaves from", default_networks, take_networks},
    {"domain", "Your domains, the one of the feedback address first", default_domains, take_domains},
    {"authserv-id", "Names in the Authentication-Results of your border", default_authserv_ids, take_authserv_ids},
    {"feedback-address", "Address that reports go to", default_feedback_address, take_feedback_address},
};

void answer_questions(const Invocation& invocation, const OwnSetup& setup, Config& config) {
    const bool asks = person_is_there() && !invocation.has("yes");
    for (const Question& question : questions) {
        const auto option = invocation.value(question.option);
        const std::string by_default = question.by_default(setup, config);
        const std::string answer = option ? *option
                                   : asks ? ask(question.text, by_default,
                                                [&](const std::string& text) { return question.take(text, config); })
                                          : by_default;
        const std::string why = question.take(answer, config);
        if (!why.empty())
            throw util::Fault(util::FaultKind::usage, std::string("read --") + question.option,
                              util::for_terminal(why));
    }
}

// ---- what it says

void print_list(std::string_view what, const std::vector<Detected>& found) {
    for (std::size_t i = 0; i < found.size(); ++i) {
        std::string line(i == 0 ? what : "");
        line.resize(16, ' ');
        print_line(line + util::for_terminal(found[i].value) + "   [" + util::for_terminal(found[i].from) + "]");
    }
    if (found.empty()) {
        std::string line(what);
        line.resize(16, ' ');
        print_line(line + "nothing found");
    }
}

void print_detected(const OwnSetup& setup) {
    constexpr const char* names[] = {"none found", "Postfix", "Exim"};
    print_line("Detected:");
    print_line(std::string("  mail server   ") + names[static_cast<std::size_t>(setup.server.kind)]);
    std::vector<Detected> networks;
    for (const domain::Network& network : setup.networks)
        networks.push_back({network.text(), "a public address of this machine"});
    print_list("  networks", networks);
    print_list("  domains", setup.server.domains);
    print_list("  authserv-ids", setup.border.authserv_ids);
    for (const std::string& note : setup.server.not_read)
        print_line("  note: " + util::for_terminal(note, 400));
    for (const Obstacle& obstacle : setup.border.obstacles)
        print_line("  note: " + util::for_terminal(obstacle.what, 400));
    print_line("");
}

/// What stands at the end of a pipe, in words of that mail server.
void print_pipe(const OwnSetup& setup, const domain::Address& address) {
    switch (setup.server.kind) {
    case MailServer::Kind::postfix:
        print_line("     install -d -o jmrp -g jmrp /etc/jmrp/postfix");
        print_line("     echo '" + address.local + ": \"|/usr/bin/jmrp ingest\"' > /etc/jmrp/postfix/aliases");
        print_line("     chown jmrp:jmrp /etc/jmrp/postfix/aliases && postalias /etc/jmrp/postfix/aliases");
        print_line(
            "     postconf \"alias_maps = $(postconf -h alias_maps), hash:/etc/jmrp/postfix/aliases\" && postfix "
            "reload");
        break;
    case MailServer::Kind::exim:
        print_line("     the router and the transport of /usr/share/doc/jmrp/examples/exim/jmrp.conf, with");
        print_line("     local_parts = " + address.local + " and domains = " + address.domain);
        break;
    case MailServer::Kind::none:
        print_line("     'jmrp ingest' at the end of a pipe; the README shows how");
        break;
    }
}

void print_next_steps(const OwnSetup& setup, const Config& config) {
    const auto& rules = config.rules.reading.authenticity;
    const auto& addresses = config.rules.policy.own_addresses;
    int step = 0;
    const auto begin = [&](const std::string& text) { print_line("  " + std::to_string(++step) + ". " + text); };
    print_line("Next:");
    if (config.rules.reading.own_networks.empty())
        begin("Name the IP addresses your mail leaves from in own.networks: this machine has no public one.");
    if (addresses.empty()) {
        begin("Choose an address for the reports and name it in own.addresses.");
    } else {
        const std::string text = util::for_terminal(addresses.front().text());
        begin("Have mail to " + text + " piped into 'jmrp ingest':");
        print_pipe(setup, addresses.front());
        begin("Enrol your IP addresses in Microsoft's SNDS portal with " + text + ", and tell it nobody else.");
        if (rules.secret_addresses.empty())
            begin(text + " can be guessed, so it proves nothing: " +
                  (rules.authserv_ids.empty() ? "set authenticity.check_dkim, or no report is believed."
                                              : "what your border writes has to."));
    }
    begin("Let cron run 'jmrp settle' (/usr/share/doc/jmrp/examples/cron/jmrp) and a monitor 'jmrp check'.");
    begin("Seal a token into your mail, so that complaints can be attributed: jmrp(1), token.");
    begin("'jmrp doctor' says what is still missing.");
}

// ---- what it writes

/// Deliveries run as the user jmrp: its group may read a file that nobody else may.
void let_the_service_read(int fd) {
    if (::geteuid() != 0)
        return;
    const group* service = ::getgrnam("jmrp");
    if (service && ::fchown(fd, static_cast<uid_t>(-1), service->gr_gid) != 0)
        throw util::system_fault("give the configuration to the group jmrp", errno);
}

void write_config(const std::filesystem::path& file, const Config& config) {
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    // O_EXCL: whatever is there stays as it is.
    const util::Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (!fd)
        throw errno == EEXIST
            ? util::Fault(util::FaultKind::usage, "write " + file.string(),
                          "it is there already, and init overwrites nothing", "edit it, or name another with --config")
            : util::system_fault("write " + file.string(), errno, "name another place with --config");
    util::write_all(fd.get(), new_config(config), file.string());
    let_the_service_read(fd.get());
}

/// True where one was made.
bool make_first_key(const std::filesystem::path& file) {
    if (util::read_keyring(file).current())
        return false;
    util::add_key(file, util::now());
    return true;
}

ExitStatus run(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    const std::filesystem::path file = locate_config(invocation.value("config")).file;
    std::error_code error;
    if (std::filesystem::exists(file, error)) // before anybody answers questions for nothing
        throw util::Fault(util::FaultKind::usage, "write " + file.string(),
                          "it is there already, and init overwrites nothing", "edit it, or name another with --config");
    Config config;
    config.database = locate_database(invocation.value("database"), {});
    const OwnSetup setup = detect_own_setup(Machine::here());
    print_detected(setup);
    answer_questions(invocation, setup, config);
    write_config(file, config);
    store::Options how;
    how.path = config.database;
    { const store::Store store(how); }
    const std::filesystem::path keys = config.database.parent_path() / "token.keys";
    const bool made = make_first_key(keys);
    print_line("configuration  " + file.string());
    print_line("database       " + config.database.string());
    print_line("token keys     " + keys.string() + (made ? "   keep a copy: without it no token opens" : ""));
    print_line("");
    print_next_steps(setup, config);
    return ExitStatus::ok;
}

} // namespace

const Command init_command{
    "init",
    "[--network LIST] [--domain LIST] [--authserv-id LIST] [--feedback-address ADDRESS] [--yes]",
    "write a configuration for this machine, an empty database and a key; nothing is overwritten",
    "jmrp init --config /etc/jmrp/jmrp.toml",
    options,
    run,
    false};

} // namespace jmrp::cli

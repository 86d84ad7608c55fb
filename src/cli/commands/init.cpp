#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/output.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/idna.hpp"

namespace jmrp::cli {

namespace {

/// The public addresses of this machine's interfaces.
std::vector<domain::Network> own_networks() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0)
        return {};
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
    std::vector<domain::Network> out;
    for (const ifaddrs* entry = list; entry; entry = entry->ifa_next) {
        if (!entry->ifa_addr)
            continue;
        char text[INET6_ADDRSTRLEN] = {};
        const void* bytes = nullptr;
        if (entry->ifa_addr->sa_family == AF_INET)
            bytes = &reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr;
        else if (entry->ifa_addr->sa_family == AF_INET6)
            bytes = &reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)->sin6_addr;
        if (!bytes || !::inet_ntop(entry->ifa_addr->sa_family, bytes, text, sizeof text))
            continue;
        if (const auto network = domain::parse_network(text); network && network->base.is_public())
            out.push_back(*network);
    }
    return out;
}

std::optional<std::string> host_name() {
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) != 0)
        return std::nullopt;
    auto domain = util::domain_to_ascii(name);
    return domain && domain->find('.') != std::string::npos ? domain : std::nullopt;
}

ExitStatus run(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    const std::filesystem::path file = locate_config(invocation.value("config")).file;
    Config config;
    config.database = locate_database(invocation.value("database"), {});
    config.rules.reading.own_networks = own_networks();
    if (const auto host = host_name())
        config.rules.reading.own_domains = {*host};
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
    store::Options options;
    options.path = config.database;
    const store::Store store(options);
    print_line("configuration  " + file.string());
    print_line("database       " + config.database.string());
    print_line("");
    print_line(
        "Look through the configuration, then have your mail server pipe the complaint address into 'jmrp ingest':");
    print_line("the README shows how for Postfix, Exim and others. 'jmrp status' shows what has come.");
    return ExitStatus::ok;
}

} // namespace

const Command init_command{"init",
                           "",
                           "write a commented configuration and an empty database; nothing is overwritten",
                           "jmrp init --config /etc/jmrp/jmrp.toml",
                           {},
                           run,
                           false};

} // namespace jmrp::cli

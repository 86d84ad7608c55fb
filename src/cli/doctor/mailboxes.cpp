// Whether the mailboxes of the feeds can be polled and SNDS be fetched, as far as that can be seen without asking their servers.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "cli/doctor/checks.hpp"
#include "cli/secret.hpp"

namespace jmrp::cli {

namespace {

/// Whether that user may have it; what is wrong, or nothing.
std::optional<Diagnosis> look_at_file(const Patient& patient, const std::filesystem::path& file, int mode) {
    const std::string name = file.string();
    const auto allowed = may(patient.service, file, mode);
    if (!allowed)
        return Diagnosis{State::unknown,
                         "whether the user " + patient.service.name + " reaches " + name + " only root sees",
                         {"sudo jmrp doctor"}};
    if (*allowed)
        return std::nullopt;
    if (::access(file.c_str(), F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return Diagnosis{State::missing, "there is no " + name, {}};
    return Diagnosis{State::broken,
                     "the user " + patient.service.name + " cannot " + (mode == X_OK ? "run " : "read ") + name,
                     {mode == X_OK ? "chmod +x " + name : "chown " + patient.service.name + " " + name}};
}

std::optional<Diagnosis> look_at_secret_file(const Patient& patient, const std::filesystem::path& file) {
    struct stat found {};
    if (::stat(file.c_str(), &found) == 0)
        if (const char* why = why_open(found.st_mode))
            return Diagnosis{State::broken, file.string() + ": " + why, {"chmod o-rwx,g-w " + file.string()}};
    auto trouble = look_at_file(patient, file, R_OK);
    if (trouble && trouble->state == State::missing && file.string().starts_with("/run/credentials/"))
        return std::nullopt; // systemd makes it for the service alone, while that runs
    return trouble;
}

std::optional<Diagnosis> look_at_secret(const Patient& patient, const domain::SecretSource& secret) {
    if (!secret.file.empty())
        return look_at_secret_file(patient, secret.file);
    if (!secret.command.empty())
        return look_at_file(patient, secret.command.front(), X_OK);
    return std::nullopt; // the environment of 'jmrp poll' is not that of 'jmrp doctor'
}

std::optional<Diagnosis> look_at_mailbox(const Patient& patient, const domain::Mailbox& mailbox) {
    if (auto trouble = look_at_secret(patient, mailbox.secret))
        return trouble;
    return mailbox.ca_file.empty() ? std::nullopt : look_at_file(patient, mailbox.ca_file, R_OK);
}

} // namespace

Diagnosis look_at_mailboxes(const Patient& patient) {
    std::string names;
    for (const domain::Feed& feed : patient.config.feeds)
        if (feed.mailbox)
            names += (names.empty() ? "" : ", ") + feed.name;
    if (names.empty())
        return {State::ok, "no feed has one", {}};
    if (const auto trouble = what_keeps_jmrp_net())
        return *trouble;
    Diagnosis out{State::ok, {}, {}};
    for (const domain::Feed& feed : patient.config.feeds) {
        auto trouble = feed.mailbox ? look_at_mailbox(patient, *feed.mailbox) : std::nullopt;
        if (!trouble)
            continue;
        // What is broken outweighs what cannot be seen.
        if (out.state == State::ok || out.state == State::unknown)
            out.state = trouble->state;
        out.found += (out.found.empty() ? "" : "; ") + feed.name + ": " + trouble->found;
        if (trouble->remedy.empty())
            trouble->remedy.push_back(key_line(patient, "feed." + feed.name, "name a file that is there, or make it"));
        out.remedy.insert(out.remedy.end(), trouble->remedy.begin(), trouble->remedy.end());
    }
    return out.found.empty() ? Diagnosis{State::ok, names, {}} : out;
}

Diagnosis look_at_snds(const Patient& patient) {
    const Config::Snds& snds = patient.config.snds;
    std::error_code error;
    const bool signed_in = std::filesystem::exists(snds.token_file, error);
    if (!signed_in && snds.data_link.empty() && snds.status_link.empty())
        return {State::ok, "not fetched: 'jmrp snds login' signs in, 'jmrp snds import' takes files", {}};
    if (const auto trouble = what_keeps_jmrp_net())
        return *trouble;
    for (const domain::SecretSource& secret :
         {snds.data_link, snds.status_link, domain::SecretSource{signed_in ? snds.token_file : "", {}, {}}})
        if (const auto trouble = look_at_secret(patient, secret))
            return *trouble;
    const std::filesystem::path folder = std::filesystem::absolute(snds.token_file, error).parent_path();
    if (signed_in && may(patient.service, folder, W_OK) == false)
        return {State::broken,
                "the user " + patient.service.name + " cannot write in " + folder.string() +
                    ", and the sign-in changes at every use",
                {"set snds.token_file to a place where it may"}};
    return {State::ok, signed_in ? "somebody is signed in" : "by links with a key, which last 30 days", {}};
}

} // namespace jmrp::cli

// Where things lie, and whether the user that deliveries run as reaches them.
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "cli/doctor/checks.hpp"
#include "cli/output.hpp"

namespace jmrp::cli {

std::optional<bool> may(const ServiceUser& user, const std::filesystem::path& path, int mode) {
    if (::geteuid() == user.uid)
        return ::access(path.c_str(), mode) == 0;
    if (::geteuid() != 0)
        return std::nullopt;
    // access(2) as that user: groups, lists of access rights and the folders above are all looked at.
    const pid_t child = ::fork();
    if (child < 0)
        return std::nullopt;
    if (child == 0) {
        const bool became =
            ::initgroups(user.name.c_str(), user.gid) == 0 && ::setgid(user.gid) == 0 && ::setuid(user.uid) == 0;
        ::_exit(!became ? 2 : ::access(path.c_str(), mode) == 0 ? 0 : 1);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return std::nullopt;
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 2)
        return std::nullopt;
    return WEXITSTATUS(status) == 0;
}

ServiceUser find_service_user(const std::filesystem::path& database) {
    const passwd* entry = ::getpwnam("jmrp");
    struct stat found {};
    if (!entry && ::stat(database.c_str(), &found) == 0)
        entry = ::getpwuid(found.st_uid);
    if (!entry)
        entry = ::getpwuid(::geteuid());
    if (!entry)
        return {std::to_string(::geteuid()), ::geteuid(), ::getegid()};
    return {entry->pw_name, entry->pw_uid, entry->pw_gid};
}

namespace {

std::filesystem::path folder_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

Diagnosis not_to_be_seen(const Patient& patient, std::string found) {
    return {State::unknown,
            std::move(found) + "; whether the user " + patient.service.name + " reaches it only root sees",
            {"sudo jmrp doctor"}};
}

} // namespace

Diagnosis look_at_configuration(const Patient& patient) {
    if (!patient.config_fault.empty())
        return {State::broken, patient.config_fault, {"jmrp config check"}};
    const std::filesystem::path& file = patient.config.file;
    if (file.empty())
        return {State::missing, "there is none; the defaults hold", {"sudo jmrp init"}};
    const auto readable = may(patient.service, file, R_OK);
    if (!readable)
        return not_to_be_seen(patient, file.string() + " is right");
    if (!*readable)
        return {State::broken,
                "the user " + patient.service.name + " cannot read " + file.string(),
                {"chgrp " + patient.service.name + " " + file.string() + " && chmod 640 " + file.string()}};
    return {State::ok, file.string() + " is right, and the user " + patient.service.name + " reads it", {}};
}

Diagnosis look_at_database(const Patient& patient) {
    const std::filesystem::path& file = patient.config.database;
    if (!patient.store_fault.empty())
        return {State::broken, patient.store_fault, {"sudo -u " + patient.service.name + " jmrp status"}};
    if (!patient.observed)
        return {
            State::missing, "there is none at " + file.string(), {"sudo -u " + patient.service.name + " jmrp status"}};
    const auto writes_file = may(patient.service, file, R_OK | W_OK);
    const auto writes_folder = may(patient.service, folder_of(file), R_OK | W_OK | X_OK);
    if (!writes_file || !writes_folder)
        return not_to_be_seen(patient, file.string() + " can be read");
    if (!*writes_file || !*writes_folder)
        return {State::broken,
                "the user " + patient.service.name + " cannot write " + file.string() + " and its folder",
                {"chown -R " + patient.service.name + " " + folder_of(file).string()}};
    return {State::ok, file.string() + ", written by the user " + patient.service.name, {}};
}

Diagnosis look_at_space(const Patient& patient) {
    constexpr std::uint64_t least_bytes = std::uint64_t{500} << 20U;
    constexpr std::uint64_t least_files = 1000;
    const std::filesystem::path folder = folder_of(patient.config.database);
    struct statvfs space {};
    if (::statvfs(folder.c_str(), &space) != 0)
        return {State::unknown, folder.string() + " cannot be looked at", {}};
    const std::uint64_t bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
    // Some file systems have no number of files.
    const bool has_files = space.f_files == 0 || space.f_favail >= least_files;
    const std::string found = grouped(static_cast<std::int64_t>(bytes >> 20U)) + " MiB are free in " + folder.string();
    if (bytes < least_bytes || !has_files)
        return {State::broken,
                found + (has_files ? "" : ", and few files more can be made"),
                {"df -h " + folder.string() + "; df -i " + folder.string()}};
    return {State::ok, found, {}};
}

Diagnosis look_at_token_keys(const Patient& patient) {
    const std::filesystem::path& file = patient.config.token_keys;
    std::error_code error;
    if (::geteuid() != 0 && ::access(folder_of(file).c_str(), X_OK) != 0)
        return not_to_be_seen(patient, "the folder of " + file.string() + " is closed to you");
    if (!std::filesystem::exists(file, error))
        return {State::missing,
                "there is no " + file.string(),
                {"sudo -u " + patient.service.name + " jmrp token key new"}};
    struct stat found {};
    if (::stat(file.c_str(), &found) == 0 && (found.st_mode & 037) != 0)
        return {State::broken, file.string() + " is open to others", {"chmod 600 " + file.string()}};
    const auto readable = may(patient.service, file, R_OK);
    if (readable && !*readable)
        return {State::broken,
                "the user " + patient.service.name + " cannot read " + file.string(),
                {"chown " + patient.service.name + " " + file.string()}};
    if (::access(file.c_str(), R_OK) != 0)
        return not_to_be_seen(patient, file.string() + " is closed to you");
    try {
        const util::Keyring& ring = patient.config.rules.reading.token.keys->keys();
        if (!ring.current())
            return {State::missing,
                    "no key in " + file.string() + " seals any more",
                    {"sudo -u " + patient.service.name + " jmrp token key new"}};
        return {State::ok, "key " + std::to_string(ring.current()->id) + " in " + file.string() + " seals", {}};
    } catch (const std::exception& fault) {
        return {State::broken, fault.what(), {"jmrp token key list"}};
    }
}

} // namespace jmrp::cli

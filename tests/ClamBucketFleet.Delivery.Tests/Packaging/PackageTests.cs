using System.Text.RegularExpressions;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.Packaging;

public sealed partial class PackageTests
{
    private static readonly string[] Executables =
        ["/usr/bin/clambucketfleet", "/usr/lib/clambucketfleet/prepare-clamd"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task The_same_input_makes_the_same_bytes_from_another_directory_with_other_times_and_modes()
    {
        using var directory = new TemporaryDirectory();
        var here = await BuiltPackage.BuildAsync(Repository.Root, directory.Combine("here"), Token);

        var copy = directory.CreateDirectory("copy");
        foreach (var name in new[] { "packaging", "Directory.Build.props", "README.md", "CHANGELOG.md" })
            (await new Command("/bin/cp", "-R", Repository.Combine(name), copy).RunAsync(Token)).ExitCode.ShouldBe(0);
        (await new Command("/bin/chmod", "-R", "go-rwx", copy).RunAsync(Token)).ExitCode.ShouldBe(0);
        var there = await BuiltPackage.BuildAsync(copy, directory.Combine("there"), Token);

        (await File.ReadAllBytesAsync(there, Token)).ShouldBe(await File.ReadAllBytesAsync(here, Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_package_holds_these_files_all_of_them_roots_and_only_programs_executable()
    {
        using var directory = new TemporaryDirectory();
        var package = await BuiltPackage.BuildAsync(Repository.Root, directory.Path, Token);
        var entries = (await BuiltPackage.AskAsync(Token, "--contents", package))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Entry().Match(line))
            .Select(entry => (Mode: entry.Groups[1].Value, Owner: entry.Groups[2].Value, Path: entry.Groups[3].Value))
            .ToArray();

        entries.ShouldAllBe(entry => entry.Owner == "root/root");
        entries.Where(entry => entry.Path.EndsWith('/')).ShouldAllBe(entry => entry.Mode == "drwxr-xr-x");
        var files = entries.Where(entry => !entry.Path.EndsWith('/')).ToArray();
        files.Where(file => file.Mode == "-rwxr-xr-x").Select(file => file.Path).ShouldBe(Executables);
        files.Where(file => file.Mode == "-rw-r--r--").Select(file => file.Path).ShouldBe(
            [
                "/etc/clambucketfleet/clambucketfleet.json",
                "/etc/clambucketfleet/clamd.conf",
                "/etc/clambucketfleet/freshclam.conf",
                "/etc/default/clambucketfleet",
                "/usr/lib/systemd/system/clamav-daemon.service.d/zz-clambucketfleet.conf",
                "/usr/lib/systemd/system/clamav-daemon.socket.d/clambucketfleet.conf",
                "/usr/lib/systemd/system/clamav-freshclam.service.d/clambucketfleet.conf",
                "/usr/lib/systemd/system/clambucketfleet-definitions-boot.service",
                "/usr/lib/systemd/system/clambucketfleet-definitions.service",
                "/usr/lib/systemd/system/clambucketfleet-definitions.timer",
                "/usr/lib/systemd/system/clambucketfleet.service",
                "/usr/lib/sysusers.d/clambucketfleet.conf",
                "/usr/lib/tmpfiles.d/clambucketfleet.conf",
                "/usr/share/bash-completion/completions/clambucketfleet",
                "/usr/share/clambucketfleet/clambucketfleet.schema.json",
                "/usr/share/doc/clambucketfleet/changelog.Debian.gz",
                "/usr/share/doc/clambucketfleet/changelog.gz",
                "/usr/share/doc/clambucketfleet/copyright",
                "/usr/share/lintian/overrides/clambucketfleet",
                "/usr/share/man/man1/clambucketfleet.1.gz",
                "/usr/share/man/man5/clambucketfleet.json.5.gz",
                "/var/lib/clamav/clambucketfleet-rar.ldb",
                "/var/lib/clamav/clambucketfleet.ldb",
            ],
            ignoreOrder: true);
        files.Length.ShouldBe(Executables.Length + 23);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_control_file_names_the_projects_version_and_what_the_package_needs()
    {
        using var directory = new TemporaryDirectory();
        var package = await BuiltPackage.BuildAsync(Repository.Root, directory.Path, Token);
        var version = Version().Match(await File.ReadAllTextAsync(Repository.Combine("Directory.Build.props"), Token)).Groups[1].Value;

        Path.GetFileName(package).ShouldBe($"clambucketfleet_{version}-1_amd64.deb");
        (await BuiltPackage.AskAsync(Token, "--field", package, "Package", "Version", "Architecture"))
            .ShouldBe($"Package: clambucketfleet\nVersion: {version}-1\nArchitecture: amd64\n");
        var depends = (await BuiltPackage.AskAsync(Token, "--field", package, "Depends")).Trim().Split(", ");
        foreach (var needed in new[] { "ca-certificates", "clamav", "clamav-daemon", "clamav-freshclam", "libssl3t64 | libssl3", "systemd" })
            depends.ShouldContain(needed);
    }

    [Fact]
    public async Task Every_file_in_etc_is_kept_with_the_operators_changes()
    {
        var packaging = Repository.Combine("packaging");
        var root = Path.Combine(packaging, "root");
        var shipped = Directory.GetFiles(Path.Combine(root, "etc"), "*", SearchOption.AllDirectories)
            .Select(file => file[root.Length..])
            .Append("/etc/clambucketfleet/clamd.conf");

        (await File.ReadAllLinesAsync(Path.Combine(packaging, "debian", "conffiles"), Token)).ShouldBe(shipped, ignoreOrder: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_configuration_as_it_is_shipped_is_accepted()
    {
        var shipped = Repository.Combine("packaging", "root", "etc", "clambucketfleet", "clambucketfleet.json");
        var result = await Executable.Find().RunAsync([], Token, "scan", "--config", shipped, "/no/such/file");

        result.ExitCode.ShouldBe(66, result.Error);
    }

    [GeneratedRegex(@"^(\S+) (\S+) .*? \.(/.*)$")]
    private static partial Regex Entry();

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex Version();
}

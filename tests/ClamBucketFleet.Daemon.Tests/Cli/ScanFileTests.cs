using System.Text;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary><c>scan</c> on files.</summary>
public sealed class ScanFileTests(ClamdFixture clamd) : IDisposable
{
    private const int Limit = 60_000;

    private readonly Stage _stage = new Stage().With(clamd.Server);

    public static TheoryData<string, string> OddNames => new()
    {
        { "with spaces", "with spaces" },
        { "two\nlines", @"two\u000alines" },
        { "\u001b[31mred", @"\u001b[31mred" },
        { "back\\slash", @"back\\slash" },
        { "[markup]{0}", "[markup]{0}" },
        { "größe-🦠", "größe-🦠" },
    };

    public void Dispose() => _stage.Dispose();

    [Fact(Timeout = Limit)]
    public async Task A_clean_file_ends_with_0()
    {
        var path = _stage.Directory.Write("clean.txt", "harmless"u8);

        var result = await _stage.RunAsync("scan", path);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldStartWith($"CLEAN {path}\n");
        result.Output.ShouldContain("  size        8 bytes\n");
        result.Error.ShouldBeEmpty();
    }

    [Theory(Timeout = Limit)]
    [InlineData("clamd")]
    [InlineData("clamscan")]
    [InlineData("auto")]
    public async Task An_infected_file_ends_with_1_and_stays(string engine)
    {
        _stage[Settings.ScanEngine] = engine;
        var path = _stage.Directory.Write("eicar.zip", Eicar.Zip);

        var result = await _stage.RunAsync("scan", path);

        result.ExitCode.ShouldBe(1, result.Error);
        result.Output.ShouldStartWith($"INFECTED {path}\n  found       {Eicar.Signature}\n");
        File.Exists(path).ShouldBeTrue();
    }

    [Fact(Timeout = Limit)]
    public async Task An_encrypted_archive_ends_with_2()
    {
        var path = _stage.Directory.Write("secret.zip", Archive.EncryptedZip("a", "harmless"u8.ToArray()));

        var result = await _stage.RunAsync("scan", path);

        result.ExitCode.ShouldBe(2, result.Error);
        result.Output.ShouldStartWith("UNSCANNABLE ");
        result.Output.ShouldContain("  reason      encrypted\n");
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_over_the_limit_ends_with_2_and_is_not_read()
    {
        _stage[Settings.ScanMaxObjectSize] = "67";
        var path = _stage.Directory.Write("eicar.com", Eicar.Bytes);

        var result = await _stage.RunAsync("scan", path);

        result.ExitCode.ShouldBe(2, result.Error);
        result.Output.ShouldContain("  reason      too-large\n");
        result.Output.ShouldNotContain("sha256");
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(OddNames))]
    public async Task A_name_is_taken_as_it_is_and_printed_harmless(string name, string printed)
    {
        _stage.Directory.Write(name, Eicar.Bytes);

        var result = await _stage.RunAsync("scan", name);

        result.ExitCode.ShouldBe(1, result.Error);
        result.Output.ShouldStartWith($"INFECTED {_stage.Directory.Combine(printed)}\n");
    }

    [Fact(Timeout = Limit)]
    public async Task A_name_with_a_dash_goes_behind_two()
    {
        _stage.Directory.Write("-x", Eicar.Bytes);
        _stage.Directory.Write("--json", Eicar.Bytes);
        _stage.Directory.Write("--Scan:Engine=none", Eicar.Bytes);

        foreach (var name in (string[])["-x", "--json", "--Scan:Engine=none"])
        {
            var result = await _stage.RunAsync("scan", "--", name);
            result.ExitCode.ShouldBe(1, result.Error);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_link_stands_for_its_file()
    {
        _stage.Directory.Write("eicar.com", Eicar.Bytes);
        File.CreateSymbolicLink(_stage.Directory.Combine("link"), "eicar.com");
        (await _stage.RunAsync("scan", "link")).ExitCode.ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task An_empty_file_is_clean()
    {
        _stage.Directory.Write("empty", []);
        (await _stage.RunAsync("scan", "empty")).ExitCode.ShouldBe(0);
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_that_holds_more_than_its_size_says_is_not_clean()
    {
        var result = await _stage.RunAsync("scan", "/proc/self/status");
        result.ExitCode.ShouldBe(75, result.Error + result.Output);
    }

    [Theory(Timeout = Limit)]
    [InlineData("no such\nfile", @"'no such\u000afile' cannot be read: No such file or directory.")]
    [InlineData(".", "'.' is a directory: name one file")]
    [InlineData("/dev/null", "'/dev/null' is not a regular file")]
    [InlineData("/dev/zero", "'/dev/zero' is not a regular file")]
    [InlineData("dangling", "'dangling' cannot be read: No such file or directory.")]
    [InlineData("pipe", "'pipe' is not a regular file")]
    [InlineData("file/below", "'file/below' cannot be read: Not a directory.")]
    public async Task What_is_no_file_ends_with_66_and_is_not_opened(string path, string said)
    {
        _stage.Directory.Write("file", []);
        File.CreateSymbolicLink(_stage.Directory.Combine("dangling"), "nowhere");
        var made = await new Command("/usr/bin/mkfifo", _stage.Directory.Combine("pipe")).RunAsync(Stage.Cancellation);
        made.ExitCode.ShouldBe(0, made.Error);

        var result = await _stage.RunAsync("scan", path);

        result.ExitCode.ShouldBe(66, result.Error);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith($"clambucketfleet: {said}");
        result.Error.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_that_this_user_may_not_read_ends_with_66()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can be somebody else");
        var path = _stage.Directory.Write("private", "harmless"u8);

        // Root without its capabilities is a user like any other.
        var result = await _stage.Shell(
            "chmod 0 private && exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"", "scan", path)
            .RunAsync(Stage.Cancellation);

        result.ExitCode.ShouldBe(66, result.Error);
        result.Error.ShouldBe($"clambucketfleet: '{path}' cannot be read: this user has no permission.\n");
    }

    [Fact(Timeout = Limit)]
    public async Task A_result_that_cannot_be_written_ends_with_70()
    {
        var path = _stage.Directory.Write("clean.txt", "harmless"u8);

        var result = await _stage.Shell("exec \"$@\" > /dev/full", "scan", path).RunAsync(Stage.Cancellation);

        result.ExitCode.ShouldBe(70, result.Error);
        result.Error.ShouldStartWith("clambucketfleet: reading or writing failed: No space left on device");
        result.Error.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_clamd_the_scan_ends_with_69_and_names_its_address()
    {
        var path = _stage.Directory.Write("clean.txt", Encoding.UTF8.GetBytes("harmless"));
        _stage[Settings.ScanClamdAddress] = _stage.Directory.Combine("no.sock");

        var result = await _stage.RunAsync("scan", path);

        result.ExitCode.ShouldBe(69);
        result.Error.ShouldStartWith($"clambucketfleet: There is no socket {_stage.Directory.Combine("no.sock")}: start clamd");
    }

    [Fact(Timeout = Limit)]
    public async Task Definitions_that_are_too_old_end_with_69()
    {
        _stage[Settings.ScanEngine] = "clamscan";
        _stage[Settings.ScanDatabaseDirectory] = _stage.Definitions;
        foreach (var file in Directory.GetFiles(_stage.Definitions))
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddYears(30));

        var result = await _stage.RunAsync("scan", _stage.Directory.Write("clean.txt", "harmless"u8));

        result.ExitCode.ShouldBe(69);
        result.Error.ShouldStartWith("clambucketfleet: The definitions are of 2000-01-01 00:00 UTC, older than 2d");
    }
}

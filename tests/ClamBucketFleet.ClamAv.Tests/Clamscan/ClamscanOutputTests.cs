using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class ClamscanOutputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly PendingScan _canary;
    private readonly PendingScan _file;

    public ClamscanOutputTests()
    {
        _canary = new PendingScan(_directory.Write("a", new byte[68]), 68);
        _file = new PendingScan(_directory.Write("b", new byte[5]), 5);
    }

    private string CanaryFound => $"{_canary.Path}: Eicar-Test-Signature FOUND\n";

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void OK_is_clean() => Judge($"{CanaryFound}{_file.Path}: OK\n").Verdict.ShouldBeOfType<Clean>();

    [Fact]
    public void All_names_of_one_file_come_together() =>
        Judge($"{CanaryFound}{_file.Path}: A FOUND\n{_file.Path}: B with words FOUND\n{_file.Path}: Heuristics.Encrypted.Zip FOUND\n")
            .Verdict.ShouldBe(new Infected(["A", "B with words"]));

    [Fact]
    public void A_limit_that_was_met_is_unscannable() =>
        Judge($"{CanaryFound}{_file.Path}: Heuristics.Limits.Exceeded.MaxFiles FOUND\n")
            .Verdict.ShouldBe(new Unscannable(UnscannableReason.LimitsExceeded));

    [Fact]
    public void An_error_with_one_file_fails_that_file_alone() =>
        Judge($"{CanaryFound}{_file.Path}: Can't write to file ERROR\n").Failure.ShouldNotBeNull().ShouldContain("Can't write");

    [Theory]
    [InlineData("OK\n{0}: OK")]
    [InlineData("OK\n{0}: A FOUND")]
    [InlineData("A FOUND\n{0}: OK")]
    [InlineData("A FOUND\n{0}: Can't write to file ERROR")]
    [InlineData("Empty file")]
    [InlineData("Excluded")]
    [InlineData("Symbolic link")]
    [InlineData("Access denied")]
    [InlineData("Not supported file type")]
    [InlineData("FOUND")]
    [InlineData(" FOUND")]
    [InlineData("OK ")]
    [InlineData("ok")]
    public void Nothing_else_counts(string said) =>
        Should.Throw<TryAgainException>(() =>
            Judge($"{CanaryFound}{_file.Path}: {said.Replace("{0}", _file.Path, StringComparison.Ordinal)}\n"));

    [Fact]
    public void A_file_that_is_left_out_spoils_the_batch() => Should.Throw<TryAgainException>(() => Judge(CanaryFound));

    [Fact]
    public void A_line_that_is_not_understood_spoils_the_batch() =>
        Should.Throw<TryAgainException>(() => Judge($"{CanaryFound}{_file.Path}: OK\n/etc/passwd: OK\n"));

    [Fact]
    public void Output_that_was_cut_off_spoils_the_batch() =>
        Should.Throw<TryAgainException>(() => Judge($"{CanaryFound}{_file.Path}: OK"));

    [Theory]
    [InlineData("LibClamAV Error: Can't create temporary directory\n")]
    [InlineData("LibClamAV Warning: fine\nERROR: Can't open file\n")]
    public void An_error_on_standard_error_spoils_the_batch(string error) =>
        Should.Throw<TryAgainException>(() => Judge($"{CanaryFound}{_file.Path}: OK\n", error));

    [Fact]
    public void A_warning_does_not() =>
        Judge($"{CanaryFound}{_file.Path}: OK\n", "LibClamAV Warning: The virus database is older than 7 days!\n")
            .Verdict.ShouldBeOfType<Clean>();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(137)]
    public void An_exit_code_other_than_found_spoils_the_batch(int code) =>
        Should.Throw<TryAgainException>(() => Judge($"{CanaryFound}{_file.Path}: OK\n", exitCode: code));

    [Theory]
    [InlineData("OK")]
    [InlineData("Heuristics.Limits.Exceeded.MaxScanTime FOUND")]
    [InlineData("Can't write to file ERROR")]
    public void A_canary_that_was_not_found_means_no_scanner(string said) =>
        Should.Throw<ScannerUnavailableException>(() => Judge($"{_canary.Path}: {said}\n{_file.Path}: OK\n"));

    [Fact]
    public void A_file_that_changed_its_length_is_not_clean()
    {
        File.WriteAllBytes(_file.Path, new byte[4]);
        Judge($"{CanaryFound}{_file.Path}: OK\n").Verdict.ShouldBeNull();
    }

    [Fact]
    public void Words_about_a_file_that_nobody_waits_for_do_not_matter()
    {
        var gone = new PendingScan(_directory.Combine("c"), 5);
        gone.Abandon(TestContext.Current.CancellationToken);
        Judge(
            $"{CanaryFound}{_file.Path}: OK\nWARNING: {gone.Path}: Can't access file\n",
            $"ERROR: {gone.Path}: No such file or directory\n",
            others: gone).Verdict.ShouldBeOfType<Clean>();
    }

    private FileAnswer Judge(string said, string error = "", int exitCode = 1, params PendingScan[] others)
    {
        PendingScan[] all = [_canary, _file, .. others];
        var output = new ClamscanOutput(new ClamscanRun(exitCode, said, error), all);
        output.ExpectFound(_canary);
        output.ExpectNothingStrange(all);
        return output.AnswerFor(_file);
    }
}

using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Verdicts;

public sealed class EngineAnswerTests
{
    [Theory]
    [InlineData("Heuristics.Limits.Exceeded.MaxFileSize")]
    [InlineData("Heuristics.Limits.Exceeded.MaxScanSize")]
    [InlineData("Heuristics.Limits.Exceeded.MaxFiles")]
    [InlineData("Heuristics.Limits.Exceeded.MaxRecursion")]
    public void A_limit_is_no_finding(string name) =>
        EngineAnswer.Found([name]).ShouldBe(new Unscannable(UnscannableReason.LimitsExceeded));

    [Fact]
    public void The_engines_own_limit_of_time_is_a_timeout() =>
        EngineAnswer.Found(["Heuristics.Limits.Exceeded.MaxScanTime"]).ShouldBe(new Unscannable(UnscannableReason.Timeout));

    [Theory]
    [InlineData("Heuristics.Encrypted.Zip")]
    [InlineData("Heuristics.Encrypted.RAR")]
    [InlineData("Heuristics.Encrypted.7Zip")]
    [InlineData("Heuristics.Encrypted.PDF")]
    [InlineData("Heuristics.Encrypted.Doc")]
    public void An_encrypted_document_is_no_finding(string name) =>
        EngineAnswer.Found([name]).ShouldBe(new Unscannable(UnscannableReason.Encrypted));

    [Fact]
    public void A_real_signature_beside_a_limit_is_a_finding_whatever_the_order()
    {
        const string limit = "Heuristics.Limits.Exceeded.MaxFiles";
        var infected = new Infected([Eicar.Signature]);

        EngineAnswer.Found([limit, Eicar.Signature, "Heuristics.Encrypted.Zip"]).ShouldBe(infected);
        EngineAnswer.Found([Eicar.Signature, limit]).ShouldBe(infected);
    }

    [Fact]
    public void Every_name_is_kept_once_in_the_order_of_the_engine() =>
        EngineAnswer.Found(["B", "A", "B"]).ShouldBe(new Infected(["B", "A"]));

    [Theory]
    [InlineData("Heuristics.Phishing.Email.SpoofedDomain")]
    [InlineData("Heuristics.LimitsExceeded")]
    [InlineData("Win.Trojan.Heuristics.Encrypted.Zip-1")]
    public void Other_heuristics_are_findings(string name) => EngineAnswer.Found([name]).ShouldBe(new Infected([name]));

    [Fact]
    public void A_finding_without_a_name_is_a_fault() =>
        Should.Throw<ArgumentOutOfRangeException>(() => EngineAnswer.Found([]));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    public void Nothing_found_in_all_of_it_is_clean(long scanned, long length) =>
        EngineAnswer.NothingFound(scanned, length).Status.ShouldBe("CLEAN");

    [Theory]
    [InlineData(4, 5)]
    [InlineData(6, 5)]
    [InlineData(0, 5)]
    public void Nothing_found_in_a_part_is_no_answer(long scanned, long length) =>
        Should.Throw<TryAgainException>(() => EngineAnswer.NothingFound(scanned, length)).Message
            .ShouldContain($"{scanned} bytes");

    [Fact]
    public void Clean_is_made_in_exactly_one_place()
    {
        var sources = Directory.EnumerateFiles(Repository.Combine("src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal));

        var places = sources
            .SelectMany(path => File.ReadLines(path)
                .Where(line => line.Contains("new Clean(", StringComparison.Ordinal)
                               || line.Contains("CreateInstance<Clean>", StringComparison.Ordinal))
                .Select(_ => Path.GetFileName(path)));

        places.ShouldBe(["EngineAnswer.cs"]);
        typeof(Clean).GetConstructors().ShouldBeEmpty();
    }
}

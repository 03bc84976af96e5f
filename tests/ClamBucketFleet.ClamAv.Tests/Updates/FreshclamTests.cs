using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Updates;

/// <summary>What freshclam is told, and what its words mean.</summary>
public sealed class FreshclamTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_the_operators_configuration_all_holds_but_what_an_update_sets_itself()
    {
        var configuration = FreshclamConfiguration.Parse(
        [
            "# a comment", "DatabaseDirectory /var/lib/clamav", "NotifyClamd /etc/clamav/clamd.conf", "UpdateLogFile /x.log",
            "DatabaseMirror database.clamav.net", "onupdateexecute /bin/x", "HTTPProxyPassword p w",
            "DatabaseCustomURL http://h/a/one.ndb", "DatabaseCustomURL \"file:///mnt/two.hdb\"", "DatabaseCustomURL http://h/clambucketfleet.ldb",
        ]);

        configuration.Lines.ShouldBe(
        [
            "DatabaseMirror database.clamav.net", "HTTPProxyPassword p w", "DatabaseCustomURL http://h/a/one.ndb",
            "DatabaseCustomURL \"file:///mnt/two.hdb\"", "DatabaseCustomURL http://h/clambucketfleet.ldb",
        ]);
        configuration.CustomNames.Order(StringComparer.Ordinal).ShouldBe(["one.ndb", "two.hdb"]);
        configuration.For("/d").ShouldContain($"\nDatabaseDirectory /d\nDatabaseOwner {Environment.UserName}\n");
        configuration.Manages("daily.cvd").ShouldBeTrue();
        configuration.Manages("own.ndb").ShouldBeFalse();
    }

    [Fact]
    public async Task Without_a_configuration_the_error_says_what_to_do()
    {
        await using var directory = new TemporaryDirectory();
        var second = directory.Write("second", "DatabaseMirror m\n"u8);
        FreshclamConfiguration.Read(null, ["/nowhere", second]).Lines.ShouldBe(["DatabaseMirror m"]);
        Should.Throw<FatalConfigurationException>(() => FreshclamConfiguration.Read(null, ["/nowhere"])).Message.ShouldContain("apt install");
        Should.Throw<FatalConfigurationException>(() => FreshclamConfiguration.Read("/nowhere", [second]));
    }

    [Theory]
    [InlineData(0, "429", "2026-11-22 04:28:31", "2026-11-22T04:28:31Z")]
    [InlineData(17, "403", "2026-11-22 23:28:31", "2026-11-22T23:28:31Z")]
    [InlineData(17, "403", "2099-01-01 00:00:00", "2026-11-23T00:00:00Z")]
    [InlineData(0, "429", "2099-01-01 00:00:00", "2026-11-23T00:00:00Z")]
    [InlineData(0, "429", null, "2026-11-22T04:00:00Z")]
    [InlineData(17, "403", null, "2026-11-23T00:00:00Z")]
    public void A_refusal_says_how_long_to_stay_away_whatever_the_exit_code(int exit, string code, string? coolDown, string until)
    {
        string[] lines =
        [
            $"WARNING: FreshClam received error code {code} from the ClamAV Content Delivery Network (CDN).",
            coolDown is null ? "" : $"WARNING: You are on cool-down until after: {coolDown}",
        ];
        var away = new FreshclamRun(exit, lines, null).StayAway(Now).ShouldNotBeNull();
        away.Until.ShouldBe(DateTimeOffset.Parse(until, System.Globalization.CultureInfo.InvariantCulture));
        away.Reason.ShouldStartWith(code);
    }

    [Fact]
    public void A_cool_down_that_only_its_memory_tells_of_counts_until_it_is_over()
    {
        new FreshclamRun(11, ["ERROR: remote_cvdhead: Malformed CVD header (too short)"], Now + TimeSpan.FromHours(1))
            .StayAway(Now)!.Until.ShouldBe(Now + TimeSpan.FromHours(1));
        new FreshclamRun(0, [], Now - TimeSpan.FromHours(1)).StayAway(Now).ShouldBeNull();
        new FreshclamRun(0, [], null).StayAway(Now).ShouldBeNull();
    }

    [Fact]
    public void Failures_are_named_by_what_to_do_next_and_say_what_freshclam_said()
    {
        new FreshclamRun(0, ["ERROR: x"], null).Failure.ShouldBeNull();
        new FreshclamRun(2, ["ERROR: Parse"], null).Failure.ShouldBeOfType<FatalConfigurationException>();
        new FreshclamRun(8, ["ERROR: Database test FAILED."], null).Failure.ShouldBeOfType<TryAgainException>();
        new FreshclamRun(11, ["fine", "ERROR: HTTP\u001b[2J"], null).Failure.ShouldBeOfType<ServiceUnreachableException>()
            .Message.ShouldBe(@"freshclam failed with exit code 11: ERROR: HTTP\u001b[2J");
    }

    [Fact]
    public void A_memory_of_another_form_asks_for_nothing()
    {
        var memory = Convert.FromHexString(
            "4672657368436c616d4461746101000000" + "66316539353766632d363334632d343331622d383239372d37333865396131343233" + "616200" +
            "00000000000000" + "9e45026b00000000" + new string('0', 42));
        FreshclamMemory.CoolDown(memory).ShouldBe(DateTimeOffset.FromUnixTimeSeconds(0x6b02459e));
        FreshclamMemory.CoolDown(memory.AsSpan(..60)).ShouldBeNull();
        FreshclamMemory.Cap(memory, DateTimeOffset.FromUnixTimeSeconds(0x6b02459e));
        FreshclamMemory.CoolDown(memory).ShouldBe(DateTimeOffset.FromUnixTimeSeconds(0x6b02459e));
        FreshclamMemory.Cap(memory, Now - TimeSpan.FromDays(9));
        FreshclamMemory.CoolDown(memory).ShouldBe(Now - TimeSpan.FromDays(8));
        memory[13] = 2;
        FreshclamMemory.CoolDown(memory).ShouldBeNull();
        FreshclamMemory.CoolDown("something else"u8).ShouldBeNull();
    }
}

using System.Text;
using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Options;

public sealed class ListTests
{
    [Fact]
    public void A_list_is_a_JSON_array_whose_items_may_hold_commas() =>
        Read("""{"Filter":{"Exclude":["b/*,v","c/**"]}}""").Filter.Exclude.ShouldBe(["b/*,v", "c/**"]);

    [Fact]
    public void A_list_of_more_than_ten_keeps_its_order()
    {
        var items = Enumerable.Range(0, 12).Select(i => $"b/{i}").ToArray();

        Read($$$"""{"Filter":{"Include":["{{{string.Join("\",\"", items)}}}"]}}""").Filter.Include.ShouldBe(items);
    }

    [Fact]
    public void A_list_is_a_text_with_commas() =>
        Some.Options(("Filter:Include", " a/**, b/*.exe ,")).Filter.Include.ShouldBe(["a/**", "b/*.exe"]);

    [Fact]
    public void An_empty_list_publishes_nothing()
    {
        Read("""{"Alerts":{"Publish":[]}}""").Alerts.Publish.ShouldBeEmpty();
        Some.Options(("Alerts:Publish", "")).Alerts.Publish.ShouldBeEmpty();
    }

    [Fact]
    public void All_is_every_status() =>
        Some.Options(("Alerts:Publish", "All")).Alerts.Publish
            .ShouldBe(["INFECTED", "UNSCANNABLE", "PROCESSING_ERROR", "CLEAN", "SKIPPED"], ignoreOrder: true);

    [Theory]
    [InlineData("Alerts:Publish", "infected,everything")]
    [InlineData("Alerts:Publish", "all,everything")]
    [InlineData("Filter:Include", "ok/**,[open")]
    public void One_wrong_item_is_an_error(string key, string value) =>
        Should.Throw<FatalConfigurationException>(() => Some.Options((key, value))).Message.ShouldStartWith($"{key} is '{value}'");

    [Fact]
    public void A_wrong_item_of_an_array_is_shown_with_its_list() =>
        Should.Throw<FatalConfigurationException>(() => Read("""{"Alerts":{"Publish":["clean","cleaner"]}}"""))
            .Message.ShouldStartWith("Alerts:Publish is 'clean, cleaner': allowed is");

    [Fact]
    public void A_later_text_wins_over_an_earlier_array()
    {
        var options = FleetOptionsReader.Read(
            new ConfigurationBuilder()
                .AddJsonStream(Stream("""{"Filter":{"Exclude":["one/**","two/**"]}}"""))
                .AddInMemoryCollection([KeyValuePair.Create("Filter:Exclude", (string?)"three/**")])
                .Build(),
            queueIsRequired: false);

        options.Filter.Exclude.ShouldBe(["three/**"]);
    }

    [Fact]
    public void A_later_array_replaces_an_earlier_one_whole()
    {
        var options = FleetOptionsReader.Read(
            new ConfigurationBuilder()
                .AddConfiguration(Some.Json("""{"Filter":{"Exclude":["one/**","two/**"]}}"""))
                .AddConfiguration(Some.Json("""{"Filter":{"Exclude":["three/**"]}}"""))
                .Build(),
            queueIsRequired: false);

        options.Filter.Exclude.ShouldBe(["three/**"]);
    }

    private static FleetOptions Read(string json) => FleetOptionsReader.Read(Some.Json(json), queueIsRequired: false);

    private static MemoryStream Stream(string json) => new(Encoding.UTF8.GetBytes(json));
}

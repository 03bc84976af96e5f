using System.Text.Json;
using System.Text.RegularExpressions;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.Packaging;

public sealed partial class SchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(File.ReadAllText(
        Repository.Combine("packaging", "root", "usr", "share", "clambucketfleet", "clambucketfleet.schema.json"))).RootElement;

    [Fact]
    public void The_schema_has_every_key_with_its_default_and_the_words_of_the_README()
    {
        var meanings = SettingRow().Matches(File.ReadAllText(Repository.Combine("README.md")))
            .ToDictionary(row => row.Groups[1].Value, row => Plain(row.Groups[2].Value));

        var described = Sections(Schema.GetProperty("properties")).SelectMany(Keys);

        described.ShouldBe(
            Settings.All.Select(setting => (
                setting.Key,
                string.IsNullOrEmpty(setting.DefaultText) ? null : setting.DefaultText,
                meanings[setting.Key])),
            ignoreOrder: true);
    }

    [Fact]
    public void A_bucket_may_have_the_sections_that_the_code_lets_it_have()
    {
        var bucket = Schema.GetProperty("properties").GetProperty("Buckets").GetProperty("additionalProperties");

        Sections(bucket.GetProperty("properties")).SelectMany(Keys).Select(row => row.Key)
            .ShouldBe(Settings.PerBucket.Select(setting => setting.Key), ignoreOrder: true);
    }

    [Fact]
    public void What_the_schema_allows_to_choose_from_the_program_takes()
    {
        var choices = Sections(Schema.GetProperty("properties"))
            .SelectMany(section => section.Value.GetProperty("properties").EnumerateObject()
                .SelectMany(key => Choices(key.Value).Select(choice => (Key: $"{section.Key}:{key.Name}", choice))))
            .ToArray();

        choices.Length.ShouldBeGreaterThan(20);
        foreach (var (key, choice) in choices)
            ErrorsOf(key, choice).ShouldNotContain("': allowed is");
        ErrorsOf("Scan:Engine", "other").ShouldContain("': allowed is");
    }

    private static string ErrorsOf(string key, string value)
    {
        try
        {
            FleetOptionsReader.Read(
                new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build(), queueIsRequired: false);
            return "";
        }
        catch (FatalConfigurationException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Sections(JsonElement properties) => properties.EnumerateObject()
        .Where(section => section.Name is not ("$schema" or "Buckets"))
        .Select(section => KeyValuePair.Create(section.Name, Resolved(section.Value)));

    private static JsonElement Resolved(JsonElement section) => section.TryGetProperty("$ref", out var reference)
        ? Schema.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..])
        : section;

    private static IEnumerable<(string Key, string? Default, string Meaning)> Keys(KeyValuePair<string, JsonElement> section) =>
        section.Value.GetProperty("properties").EnumerateObject().Select(key => (
            $"{section.Key}:{key.Name}",
            Text(key.Value, "default"),
            Text(key.Value, "description") ?? ""));

    private static string? Text(JsonElement element, string name) => !element.TryGetProperty(name, out var value)
        ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();

    private static IEnumerable<string> Choices(JsonElement key)
    {
        var of = key.TryGetProperty("items", out var items) ? items : key;
        return of.TryGetProperty("enum", out var choices)
            ? choices.EnumerateArray().Where(choice => choice.ValueKind == JsonValueKind.String).Select(choice => choice.GetString()!)
            : [];
    }

    private static string Plain(string meaning) =>
        Link().Replace(meaning, "$1").Replace("`", "", StringComparison.Ordinal).Trim();

    [GeneratedRegex(@"^\| `([A-Za-z]+:[A-Za-z]+)` \| (?:`.*?`)? ?\|(.*)\|$", RegexOptions.Multiline)]
    private static partial Regex SettingRow();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();
}

using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace ClamBucketFleet.Core.Tests.Messages;

/// <summary>Hostile input for the decoder.</summary>
internal static class Generators
{
    private static readonly string[] Names =
    [
        "Records", "eventName", "s3", "bucket", "name", "object", "key", "versionId", "eTag", "eventTime", "objects",
        "Event", "Message", "TopicArn", "detail-type", "detail", "source", "time", "other",
    ];

    private static readonly string[] Literals =
    [
        "null", "true", "5", "-1e400", "[]", "{}", "\"\"", "\"bucket\"", "\"a%2Fb+c\"", "\"%\"", "\"%ff\"", "\"\\ud800\"",
        "\"Object Created\"", "\"ObjectCreated:Put\"", "\"ObjectRemoved:Delete\"", "\"aws.s3\"", "\"s3:TestEvent\"",
        "\"2026-01-01T00:00:00Z\"", "\"{}\"", "\"\\\"\"", "\"\\u0000\"",
    ];

    /// <summary>Keys that S3 accepts: 1 to 1024 bytes of any valid Unicode, with what gives trouble more often.</summary>
    public static Arbitrary<string> Keys { get; } = Gen.Frequency(
            (4, Gen.Elements("/", "+", "%", " ", "%2F", "%2B", "%zz", "a", "Z", "0", "é", "😀", "\n", "\u202e", "'", "\"", "\\", "~", "*")),
            (1, Gen.Choose(1, 0x10FFFF).Where(Rune.IsValid).Select(value => new Rune(value).ToString())))
        .ListOf()
        .Select(parts => string.Concat(parts))
        .Where(key => Encoding.UTF8.GetByteCount(key) is >= 1 and <= 1024)
        .ToArbitrary();

    /// <summary>JSON of the words that the decoder looks for, in all the wrong places.</summary>
    public static Arbitrary<string> Json { get; } = Value(4).ToArbitrary();

    /// <summary>Any UTF-16 at all, lone surrogates included.</summary>
    public static Arbitrary<string> Utf16 { get; } = Gen.Frequency(
            (3, Gen.Choose(' ', '~')), (1, Gen.Choose(0, 0xFFFF)), (1, Gen.Choose(0xD7F0, 0xE010)), (1, Gen.Constant((int)'%')))
        .Select(c => (char)c)
        .ListOf()
        .Select(chars => string.Concat(chars))
        .ToArbitrary();

    private static Gen<string> Value(int depth)
    {
        var literal = Gen.Elements(Literals);
        if (depth == 0)
            return literal;

        var inner = Value(depth - 1);
        var member = Gen.Elements(Names).SelectMany(name => inner.Select(value => $"\"{name}\":{value}"));
        return Gen.Frequency(
            (1, literal),
            (1, inner.Resize(3).ListOf().Select(items => $"[{string.Join(',', items)}]")),
            (1, inner.Select(value => JsonSerializer.Serialize(value))),
            (5, member.Resize(4).ListOf().Select(members => $"{{{string.Join(',', members)}}}")));
    }
}

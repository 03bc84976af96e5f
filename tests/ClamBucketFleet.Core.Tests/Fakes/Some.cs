using System.Text;
using System.Text.Json;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Configuration;

namespace ClamBucketFleet.Core.Tests.Fakes;

/// <summary>Values that a test needs and does not care about.</summary>
internal static class Some
{
    public const string ETag = "5d41402abc4b2a76b9719d911017c592";
    public const string Sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    public static byte[] Content => Encoding.ASCII.GetBytes("hello");

    public static DateTimeOffset Now { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static EngineInfo Engine { get; } = new("clamd", "ClamAV 1.4.6", "27800", Now - TimeSpan.FromHours(9));

    public static Delivery Delivery { get; } = new(1, TimeSpan.FromSeconds(1.5), false);

    public static Delivery LastDelivery { get; } = new(3, TimeSpan.FromSeconds(1.5), true);

    public static ObjectIdentity Identity(string key = "k", string bucket = "bucket") => new(bucket, key, "v1", ETag, 5);

    public static IConfigurationRoot Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)))
            .Build();

    public static IConfigurationRoot Json(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    public static FleetOptions Options(params (string Key, string? Value)[] settings) =>
        FleetOptionsReader.Read(Configuration(settings), queueIsRequired: false);

    public static string Request(params string[] keys) =>
        JsonSerializer.Serialize(new { objects = keys.Select(key => new { bucket = "bucket", key }) });

    public static QueueMessage Message(string id, string body, int receiveCount = 1) =>
        new(id, $"receipt-{id}-{receiveCount}", body, receiveCount, Now);
}

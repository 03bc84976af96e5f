using System.Text.Json;
using ClamBucketFleet.Scaling.AutoScaling;

namespace ClamBucketFleet.Scaling.Stack;

public static class PolicyReader
{
    public static ScalingPolicy Read(JsonElement policy, JsonElement group)
    {
        var type = Text(policy, "PolicyType") ?? "SimpleScaling";
        if (type is not ("StepScaling" or "SimpleScaling"))
            throw new NotSupportedException($"A scaling policy that is not simulated: {type}");

        var step = type == "StepScaling";
        var cooldown = Number(group, "DefaultCooldown") ?? 300;
        return new ScalingPolicy(
            Text(policy, "PolicyARN")!,
            Text(policy, "PolicyName")!,
            step,
            Enum.Parse<AdjustmentType>(Text(policy, "AdjustmentType")!),
            step
                ? [.. policy.GetProperty("StepAdjustments").EnumerateArray().Select(Step)]
                : [new StepAdjustment(null, null, policy.GetProperty("ScalingAdjustment").GetInt32())],
            Enum.Parse<Aggregation>(Text(policy, "MetricAggregationType") ?? nameof(Aggregation.Average)),
            (int)(Number(policy, "MinAdjustmentMagnitude") ?? 0),
            // The policy's own, else the group's, else the cooldown.
            step
                ? TimeSpan.FromSeconds(Number(policy, "EstimatedInstanceWarmup") ?? Number(group, "DefaultInstanceWarmup") ?? cooldown)
                : TimeSpan.Zero,
            step ? TimeSpan.Zero : TimeSpan.FromSeconds(Number(policy, "Cooldown") ?? cooldown));
    }

    private static StepAdjustment Step(JsonElement step)
        => new(
            Number(step, "MetricIntervalLowerBound"),
            Number(step, "MetricIntervalUpperBound"),
            step.GetProperty("ScalingAdjustment").GetInt32());

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}

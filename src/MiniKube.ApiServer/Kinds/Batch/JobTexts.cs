using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What kubectl shows of a Job.</summary>
internal static class JobTexts
{
    public static string Status(V1Job job)
    {
        if (Has(job, "Complete"))
        {
            return "Complete";
        }

        if (Has(job, "Failed"))
        {
            return "Failed";
        }

        if (job.Metadata.DeletionTimestamp is not null)
        {
            return "Terminating";
        }

        return new[] { "Suspended", "FailureTarget", "SuccessCriteriaMet" }.FirstOrDefault(type => Has(job, type)) ?? "Running";
    }

    public static string Completions(V1Job job)
    {
        var done = Number(job.Status?.Succeeded ?? 0);
        if (job.Spec.Completions is { } wanted)
        {
            return $"{done}/{Number(wanted)}";
        }

        return job.Spec.Parallelism > 1 ? $"{done}/1 of {Number(job.Spec.Parallelism.Value)}" : $"{done}/1";
    }

    public static string Duration(V1Job job, DateTimeOffset now) => job.Status switch
    {
        null or { StartTime: null } => "",
        { CompletionTime: { } end, StartTime: { } start } => HumanDuration.Format(end - start),
        { StartTime: { } start } => HumanDuration.Since(start, now),
    };

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool Has(V1Job job, string type)
        => (job.Status?.Conditions ?? []).Any(condition => condition.Type == type && condition.Status == "True");
}

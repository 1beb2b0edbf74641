using Microsoft.AspNetCore.Http;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>How the client wants objects: whole, as rows of a table, or their metadata only.</summary>
internal enum ObjectForm
{
    Whole,
    Table,
    Metadata,
}

/// <summary>What a client accepts, and how it wants to see it.</summary>
internal readonly record struct ResponseForm(ObjectForm Form, IncludeObject Include, bool Pretty)
{
    /// <summary>
    /// The first form of the Accept header that this server has. JSON only: a client that also takes protobuf gets
    /// JSON.
    /// </summary>
    /// <exception cref="ApiException">NotAcceptable: there is none.</exception>
    public static ResponseForm Of(HttpRequest request, Query query)
    {
        var accept = request.Headers.Accept.ToString();
        var form = accept.Length == 0 ? ObjectForm.Whole : Find(accept) ?? throw NotAcceptable();
        return new ResponseForm(
            form, form == ObjectForm.Table ? Included(query) : IncludeObject.Metadata, IsPretty(request, query));
    }

    private static ObjectForm? Find(ReadOnlySpan<char> accept)
    {
        foreach (var range in accept.Split(','))
        {
            var media = new MediaRange(accept[range].Trim());
            if (!media.Is("application/json") && !media.Is("*/*") && !media.Is("application/*"))
            {
                continue;
            }

            var isCurrent = media.Parameter("g") is "meta.k8s.io" && media.Parameter("v") is "v1";
            switch (media.Parameter("as"))
            {
                case "":
                    return ObjectForm.Whole;
                case "Table" when isCurrent:
                    return ObjectForm.Table;
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when isCurrent:
                    return ObjectForm.Metadata;
            }
        }

        return null;
    }

    private static IncludeObject Included(Query query) => query.Text("includeObject") switch
    {
        "" or "Metadata" => IncludeObject.Metadata,
        "None" => IncludeObject.None,
        "Object" => IncludeObject.Object,
        var other => throw new ApiException(StatusReason.BadRequest,
            $"includeObject: Unsupported value: \"{other}\": supported values: \"Metadata\", \"None\", \"Object\""),
    };

    // People read what curl shows them.
    private static bool IsPretty(HttpRequest request, Query query)
        => query.Text("pretty").Length > 0
            ? query.Flag("pretty")
            : request.Headers.UserAgent.ToString().StartsWith("curl/", StringComparison.Ordinal);

    private static ApiException NotAcceptable()
        => new(StatusReason.NotAcceptable, "only the following media types are accepted: application/json");
}

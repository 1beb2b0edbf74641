using System.Globalization;
using k8s.Models;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>
/// Checks the expressions of a policy against what is known of the kinds its rules name: <c>status.typeChecking</c>. Warnings only, since
/// a kind may come or change later. Pure.
/// https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#type-checking
/// </summary>
internal static class PolicyTypes
{
    // As kube-controller-manager: a policy for everything is for nothing in particular.
    private const int KindsMax = 10;

    private const string All = "*";

    public static IList<V1ExpressionWarning> Check(V1ValidatingAdmissionPolicySpec spec, ResourceSnapshot kinds)
    {
        var variables = AdmissionVariables.Of(spec.ParamKind is not null, mutates: false);
        var checkedKinds = KindsOf(spec.MatchConstraints, kinds).Take(KindsMax).ToList();
        var warnings = new List<V1ExpressionWarning>();
        var validations = spec.Validations ?? [];
        for (var index = 0; index < validations.Count; index++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"spec.validations[{index}]");
            Add(validations[index].Expression, $"{path}.expression");
            Add(validations[index].MessageExpression, $"{path}.messageExpression");
        }

        return warnings;

        void Add(string? expression, string field)
        {
            var found = string.IsNullOrWhiteSpace(expression)
                ? []
                : checkedKinds.Select(kind => Problem(expression, variables, kind)).OfType<string>().ToList();
            if (found.Count > 0)
            {
                warnings.Add(new V1ExpressionWarning { FieldRef = field, Warning = string.Join('\n', found) });
            }
        }
    }

    private static string? Problem(string expression, AdmissionVariables variables, ResourceDefinition kind)
    {
        try
        {
            variables.Check(expression, ShapeOf(kind), CelShape.Dynamic);
            return null;
        }
        catch (CelCompileException wrong)
        {
            return $"{kind.Gvk.ApiVersion}, Kind={kind.Gvk.Kind}: {wrong.Issue}";
        }
    }

    // Rules with wildcards name no kind in particular, and of subresources the objects are others.
    private static IEnumerable<ResourceDefinition> KindsOf(V1MatchResources? constraints, ResourceSnapshot kinds)
        => (constraints?.ResourceRules ?? [])
            .Where(static rule => !Wild(rule.ApiGroups) && !Wild(rule.ApiVersions) && !Wild(rule.Resources))
            .SelectMany(rule => kinds.All.Where(kind => rule.ApiGroups.Contains(kind.Gvr.Group)
                && rule.ApiVersions.Contains(kind.Gvr.Version) && rule.Resources.Contains(kind.Gvr.Resource)))
            .Distinct();

    private static bool Wild(IList<string>? words) => words is null || words.Any(static one => one.Contains(All, StringComparison.Ordinal));

    private static CelShape ShapeOf(ResourceDefinition kind)
    {
        if (kind is not CustomResource custom)
        {
            return ModelShape(JsonShape.Of(kind.ObjectType));
        }

        var fields = CelShapes.Of(custom.Schema, isResource: true);
        var metadata = ModelShape(JsonShape.Of(typeof(V1ObjectMeta)));
        return custom.Schema.PreservesUnknown || fields == CelShape.Dynamic ? CelShape.Dynamic : CelShape.ObjectOf(name => name switch
        {
            "metadata" => metadata,
            "apiVersion" or "kind" => CelShape.String,
            _ => custom.Schema.Properties.GetValueOrDefault(name) is { } property ? CelShapes.Of(property) : null,
        });
    }

    // Objects reach expressions as JSON: times and quantities are texts there.
    private static CelShape ModelShape(JsonShape shape) => shape.Kind switch
    {
        ShapeKind.Object => CelShape.ObjectOf(
            name => shape.Properties.GetValueOrDefault(name) is { } field ? ModelShape(field.Shape) : null),
        ShapeKind.List => CelShape.ListOf(ModelShape(shape.Element)),
        ShapeKind.Map => CelShape.MapOf(ModelShape(shape.Element)),
        ShapeKind.Text => CelShape.String,
        ShapeKind.Boolean => CelShape.Bool,
        ShapeKind.Int32 or ShapeKind.Int64 => CelShape.Int,
        _ => CelShape.Dynamic,
    };
}

using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// The data of a handler with simple parameters: a type with one property for each parameter. It is emitted like a record, so that reading, validation,
/// contracts and generated clients treat it as any other input.
/// </summary>
/// <remarks>
/// The compiler's names of anonymous types begin with <c>&lt;&gt;</c>, and contracts name such types after their place. The emitted types follow this. Validation
/// attributes stay on the parameters of the handler, where <see cref="ParameterOf"/> finds them: copies could not be read when the class of an attribute is
/// internal in the application.
/// </remarks>
internal static class ParameterData
{
    private const string NamePrefix = "<>Parameters_";

    private static readonly ModuleBuilder s_module = AssemblyBuilder
        .DefineDynamicAssembly(new AssemblyName("Pikku.Akka.Parameters"), AssemblyBuilderAccess.Run).DefineDynamicModule("Parameters");

    private static readonly ConcurrentDictionary<(Type Type, string Property), ParameterInfo> s_parameters = new();
    private static readonly Lock s_emitting = new();
    private static int s_count;

    /// <summary>True for types whose values are simple: scalars, enumerations, bytes, and arrays and lists of them.</summary>
    public static bool IsSimple(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return IsScalar(type) || BinaryValue.IsBinary(type) || (ElementOf(type) is { } element && IsScalar(Nullable.GetUnderlyingType(element) ?? element));
    }

    /// <summary>The name of the property for a parameter, in the spelling of .NET; the options of the application decide about its name in JSON.</summary>
    public static string PropertyOf(ParameterInfo parameter) => char.ToUpperInvariant(parameter.Name![0]) + parameter.Name[1..];

    /// <summary>The parameter of the handler for a property of an emitted type; null for the properties of all other types.</summary>
    public static ParameterInfo? ParameterOf(PropertyInfo property) =>
        property.DeclaringType is { } type && type.Name.StartsWith(NamePrefix, StringComparison.Ordinal)
            ? s_parameters.GetValueOrDefault((type, property.Name))
            : null;

    /// <summary>Emits the type for the parameters of a handler.</summary>
    public static Type Emit(ParameterInfo[] parameters)
    {
        lock (s_emitting) // a module builder is not thread-safe
        {
            var builder = s_module.DefineType($"{NamePrefix}{++s_count}", TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Class);
            var nullability = new NullabilityInfoContext();
            var members = parameters.Select(parameter => new Member(parameter, nullability)).ToArray();
            var fields = members.Select(member => DefineProperty(builder, member)).ToArray();
            DefineConstructor(builder, members, fields);
            var type = builder.CreateType();
            foreach (var parameter in parameters)
                s_parameters[(type, PropertyOf(parameter))] = parameter;
            return type;
        }
    }

    private static bool IsScalar(Type type) => type.IsEnum || ScalarTypes.Of(type) is not null;

    private static Type? ElementOf(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        return type.IsGenericType && type.GetGenericTypeDefinition() is var list
            && (list == typeof(List<>) || list == typeof(IList<>) || list == typeof(IReadOnlyList<>) || list == typeof(IReadOnlyCollection<>)
                || list == typeof(ICollection<>) || list == typeof(IEnumerable<>) || list == typeof(HashSet<>) || list == typeof(ISet<>) || list == typeof(IReadOnlySet<>))
            ? type.GenericTypeArguments[0]
            : null;
    }

    private static FieldBuilder DefineProperty(TypeBuilder type, Member member)
    {
        const MethodAttributes accessor = MethodAttributes.Public | MethodAttributes.HideBySig | MethodAttributes.SpecialName;
        var (name, of) = (PropertyOf(member.Parameter), member.Parameter.ParameterType);
        var field = type.DefineField($"_{name}", of, FieldAttributes.Private);
        var property = type.DefineProperty(name, PropertyAttributes.None, of, null);
        if (member.Nullable is { } nullable)
            property.SetCustomAttribute(nullable);

        var get = type.DefineMethod($"get_{name}", accessor, of, Type.EmptyTypes);
        var il = get.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, field);
        il.Emit(OpCodes.Ret);
        property.SetGetMethod(get);
        if (member.IsConstructed)
            return field;

        var set = type.DefineMethod($"set_{name}", accessor, null, [of]);
        il = set.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Stfld, field);
        il.Emit(OpCodes.Ret);
        property.SetSetMethod(set);
        return field;
    }

    private static void DefineConstructor(TypeBuilder type, Member[] members, FieldBuilder[] fields)
    {
        var constructed = members.Zip(fields).Where(pair => pair.First.IsConstructed).ToArray();
        var constructor = type.DefineConstructor(
            MethodAttributes.Public, CallingConventions.HasThis, [.. constructed.Select(pair => pair.First.Parameter.ParameterType)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, typeof(object).GetConstructor(Type.EmptyTypes)!);
        for (var i = 0; i < constructed.Length; i++)
        {
            var (member, field) = constructed[i];
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg, (short)(i + 1));
            il.Emit(OpCodes.Stfld, field);

            var parameter = constructor.DefineParameter(
                i + 1, member.IsOptional ? ParameterAttributes.Optional | ParameterAttributes.HasDefault : ParameterAttributes.None, member.Parameter.Name);
            if (member.Nullable is { } nullable)
                parameter.SetCustomAttribute(nullable);
            if (member.Decimal is { } value)
                parameter.SetCustomAttribute(value);
            else if (member.IsOptional)
                parameter.SetConstant(member.Default);
        }

        il.Emit(OpCodes.Ret);
    }

    /// <summary>What is known of a parameter before its property is emitted.</summary>
    private sealed class Member
    {
        private static readonly ConstructorInfo s_one = typeof(NullableAttribute).GetConstructor([typeof(byte)])!;
        private static readonly ConstructorInfo s_many = typeof(NullableAttribute).GetConstructor([typeof(byte[])])!;

        private static readonly ConstructorInfo s_decimal =
            typeof(DecimalConstantAttribute).GetConstructor([typeof(byte), typeof(byte), typeof(uint), typeof(uint), typeof(uint)])!;

        public Member(ParameterInfo parameter, NullabilityInfoContext nullability)
        {
            Parameter = parameter;
            // As in a minimal API, a value that may be null may also be missing.
            IsOptional = parameter.HasDefaultValue || nullability.Create(parameter).WriteState == NullabilityState.Nullable;
            Default = parameter.HasDefaultValue ? parameter.DefaultValue : null;
            if (Default is decimal number)
            {
                var bits = decimal.GetBits(number);
                Decimal = new CustomAttributeBuilder(
                    s_decimal, [number.Scale, (byte)(number < 0 ? 1 : 0), (uint)bits[2], (uint)bits[1], (uint)bits[0]]);
            }

            // A structure whose default is `default` has no constant for a parameter. Its property is not set when it is missing.
            IsConstructed = !(IsOptional && Default is null && parameter.ParameterType.IsValueType && System.Nullable.GetUnderlyingType(parameter.ParameterType) is null);
            if (FlagsOf(parameter) is { } flags)
                Nullable = flags is [var one] ? new CustomAttributeBuilder(s_one, [one]) : new CustomAttributeBuilder(s_many, [flags]);
        }

        public ParameterInfo Parameter { get; }

        public bool IsOptional { get; }

        public object? Default { get; }

        /// <summary>True when the value is a parameter of the constructor; false when it is set by its property.</summary>
        public bool IsConstructed { get; }

        public CustomAttributeBuilder? Nullable { get; }

        public CustomAttributeBuilder? Decimal { get; }

        // The compiler writes the flags of a parameter to itself, or, when they are the most frequent ones, to the method or to one of its types.
        private static byte[]? FlagsOf(ParameterInfo parameter)
        {
            if (parameter.CustomAttributes.FirstOrDefault(a => a.AttributeType.FullName == typeof(NullableAttribute).FullName) is { } own)
                return own.ConstructorArguments[0].Value is IEnumerable<CustomAttributeTypedArgument> many
                    ? [.. many.Select(flag => (byte)flag.Value!)]
                    : [(byte)own.ConstructorArguments[0].Value!];
            for (MemberInfo? member = parameter.Member; member is not null; member = member.DeclaringType)
                if (member.CustomAttributes.FirstOrDefault(a => a.AttributeType.FullName == typeof(NullableContextAttribute).FullName) is { } context)
                    return [(byte)context.ConstructorArguments[0].Value!];
            return null;
        }
    }
}

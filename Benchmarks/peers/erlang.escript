#!/usr/bin/env escript
%% An echo server for the chat protocol over gen_tcp with {packet, 4}, a process a connection: erlang.escript PORT
-mode(compile).

main([Port]) ->
    {ok, Listener} = gen_tcp:listen(list_to_integer(Port),
        [binary, {ip, {127, 0, 0, 1}}, {packet, 4}, {active, false}, {reuseaddr, true}, {backlog, 4096},
         {packet_size, 65536}, {nodelay, true}]),
    {ok, {_, Chosen}} = inet:sockname(Listener),
    io:format("listening on 127.0.0.1:~b~n", [Chosen]),
    accept(Listener).

accept(Listener) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    Server = spawn(fun() -> receive go -> converse(Socket) end end),
    ok = gen_tcp:controlling_process(Socket, Server),
    Server ! go,
    accept(Listener).

converse(Socket) ->
    inet:setopts(Socket, [{active, once}]),
    receive
        {tcp, Socket, <<1, Question/binary>>} ->
            case gen_tcp:send(Socket, [2, Question]) of
                ok -> converse(Socket);
                {error, _} -> gen_tcp:close(Socket)
            end;
        {tcp, Socket, _} -> gen_tcp:close(Socket);
        _ -> ok
    end.

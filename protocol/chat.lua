-- The chat protocol, version 1, for Wireshark and tshark (3.0 or later): README.md in this folder is the specification.
--
-- On port 7000 every connection is taken for a chat; on other ports one whose first segment is a whole frame.

local chat = Proto("chat", "Chat")

local kinds = { [1] = "question", [2] = "answer", [3] = "exit", [4] = "error", [5] = "padding",
    [6] = "challenge", [7] = "proof" }
local codes = {
    [1] = "frame too large", [2] = "unknown kind", [3] = "not UTF-8", [4] = "out of place", [5] = "busy",
    [6] = "not allowed", [7] = "idle too long", [8] = "shutting down", [9] = "answerer failed",
}
local sender = { [1] = "client", [2] = "server", [3] = "client", [4] = "server", [5] = "server",
    [6] = "server", [7] = "client" }

local f = {
    length = ProtoField.uint32("chat.length", "Length", base.DEC),
    kind = ProtoField.uint8("chat.kind", "Kind", base.DEC, kinds),
    text = ProtoField.string("chat.text", "Text", base.UNICODE),
    code = ProtoField.uint16("chat.error.code", "Error code", base.DEC, codes),
    padding = ProtoField.bytes("chat.padding", "Padding"),
    challenge = ProtoField.bytes("chat.challenge", "Challenge"),
    name = ProtoField.string("chat.proof.name", "Name", base.UNICODE),
    hmac = ProtoField.bytes("chat.proof.hmac", "HMAC-SHA-256"),
}
chat.fields = { f.length, f.kind, f.text, f.code, f.padding, f.challenge, f.name, f.hmac }

local malformed = function(name, text)
    return ProtoExpert.new("chat.malformed." .. name, text, expert.group.MALFORMED, expert.severity.ERROR)
end
local e = {
    length = malformed("length", "The length is 0 or above the limit (error 1)"),
    kind = malformed("kind", "The kind is unknown (error 2)"),
    utf8 = malformed("utf8", "The text is not UTF-8 (error 3)"),
    side = malformed("side", "This side must not send a frame of this kind (error 4)"),
    body = malformed("body", "A frame of this kind cannot have this length (error 4)"),
    refused = ProtoExpert.new(
        "chat.refused", "The server ends the conversation", expert.group.RESPONSE_CODE, expert.severity.WARN),
}
chat.experts = { e.length, e.kind, e.utf8, e.side, e.body, e.refused }

chat.prefs.port = Pref.uint("Port of the server", 7000, "On this port every connection is taken for a chat")
chat.prefs.limit = Pref.uint("Limit", 65536, "The largest length that is taken for one, as in --max-frame")

-- What no sender may exceed, whatever its limit is.
local highest_limit = 16777216

local function limit() return math.min(chat.prefs.limit, highest_limit) end

-- RFC 3629, section 4. (utf8.len of Lua 5.3 knows no surrogates; older Luas have none.)
local function is_utf8(bytes)
    local i, n = 1, #bytes
    while i <= n do
        local c = bytes:byte(i)
        local more, low, high
        if c < 0x80 then more, low, high = 0, 0, 0
        elseif c >= 0xC2 and c <= 0xDF then more, low, high = 1, 0x80, 0xBF
        elseif c >= 0xE0 and c <= 0xEF then
            more, low, high = 2, c == 0xE0 and 0xA0 or 0x80, c == 0xED and 0x9F or 0xBF
        elseif c >= 0xF0 and c <= 0xF4 then
            more, low, high = 3, c == 0xF0 and 0x90 or 0x80, c == 0xF4 and 0x8F or 0xBF
        else return false end
        for k = 1, more do
            local d = bytes:byte(i + k)
            if d == nil or d < low or d > high then return false end
            low, high = 0x80, 0xBF
        end
        i = i + more + 1
    end
    return true
end

-- Whether a frame of this kind can have this length; a proof's name, whose length is behind the kind, has to fit in.
local function is_possible(kind, length, frame)
    if kind == 3 then return length == 1 end
    if kind == 4 then return length >= 3 end
    if kind == 6 then return length == 33 end
    if kind == 7 then return length >= 35 and length <= 98 and frame(5, 1):uint() == length - 34 end
    return true
end

-- Where in a frame its text begins, and how long that is; nothing where it has none.
local function text_in(kind, length)
    if kind == 1 or kind == 2 then return 5, length - 1 end
    if kind == 4 then return 7, length - 3 end
    if kind == 7 then return 6, length - 34 end
end

-- The side that sent a packet, where its ports tell.
local function side(pinfo)
    if pinfo.dst_port == chat.prefs.port then return "client" end
    if pinfo.src_port == chat.prefs.port then return "server" end
    return nil
end

-- One whole frame. Returns what it says in short.
local function dissect_frame(frame, pinfo, root)
    local tree = root:add(chat, frame)
    local length = frame(0, 4):uint()
    tree:add(f.length, frame(0, 4))
    local kind = frame(4, 1):uint()
    local name = kinds[kind] or ("kind " .. kind)
    local item = tree:add(f.kind, frame(4, 1))
    tree:append_text(", " .. name)
    if not kinds[kind] then item:add_proto_expert_info(e.kind) return name end
    local from = side(pinfo)
    if from and sender[kind] ~= from then item:add_proto_expert_info(e.side) end
    if not is_possible(kind, length, frame) then
        tree:add_proto_expert_info(e.body)
        return name
    end
    if kind == 3 then return name end
    if kind == 5 then
        if length > 1 then tree:add(f.padding, frame(5)) end
        return name .. ", " .. (length - 1) .. " bytes"
    end
    if kind == 6 then
        tree:add(f.challenge, frame(5))
        return name
    end
    local start, size = text_in(kind, length)
    if kind == 4 then
        local code = frame(5, 2):uint()
        tree:add(f.code, frame(5, 2)):add_proto_expert_info(e.refused)
        name = name .. " " .. code .. (codes[code] and (" (" .. codes[code] .. ")") or "")
    end
    if size == 0 then
        tree:add(f.text, frame(start - 1, 0), "")
        return name .. ' ""'
    end
    local range = frame(start, size)
    local text = tree:add_packet_field(kind == 7 and f.name or f.text, range, ENC_UTF_8 + ENC_NA)
    if kind == 7 then tree:add(f.hmac, frame(start + size)) end
    if not is_utf8(range:raw()) then text:add_proto_expert_info(e.utf8) end
    return name .. ' "' .. range:string(ENC_UTF_8) .. '"'
end

function chat.dissector(buffer, pinfo, root)
    local offset, said = 0, {}
    pinfo.cols.protocol = "CHAT"
    while offset < buffer:len() do
        local rest = buffer:len() - offset
        if rest < 4 then
            pinfo.desegment_offset, pinfo.desegment_len = offset, DESEGMENT_ONE_MORE_SEGMENT
            break
        end
        local length = buffer(offset, 4):uint()
        if length == 0 or length > limit() then
            -- Nothing behind it can be trusted: where the next frame would begin is unknown.
            local tree = root:add(chat, buffer(offset))
            tree:add(f.length, buffer(offset, 4)):add_proto_expert_info(e.length)
            said[#said + 1] = "bad length " .. length
            break
        end
        if rest < 4 + length then
            pinfo.desegment_offset, pinfo.desegment_len = offset, 4 + length - rest
            break
        end
        said[#said + 1] = dissect_frame(buffer(offset, 4 + length):tvb(), pinfo, root)
        offset = offset + 4 + length
    end
    if #said > 0 then
        pinfo.cols.info:clear_fence()
        pinfo.cols.info = table.concat(said, "; ")
        pinfo.cols.info:fence()
    end
    return buffer:len()
end

local tcp_port = DissectorTable.get("tcp.port")
local registered
local function listen()
    if registered == chat.prefs.port then return end
    if registered then tcp_port:remove(registered, chat) end
    registered = chat.prefs.port
    tcp_port:add(registered, chat)
end
listen()
chat.prefs_changed = listen

-- A segment on another port that begins with a frame, and holds it whole. (`length` alone would be too easily met.)
chat:register_heuristic("tcp", function(buffer, pinfo, root)
    if buffer:len() < 5 then return false end
    local length, kind = buffer(0, 4):uint(), buffer(4, 1):uint()
    if length == 0 or length > limit() or not kinds[kind] or buffer:len() < 4 + length then return false end
    if not is_possible(kind, length, buffer) then return false end
    local start, size = text_in(kind, length)
    if start and size > 0 and not is_utf8(buffer(start, size):raw()) then return false end
    pinfo.conversation = chat
    chat.dissector(buffer, pinfo, root)
    return true
end)
